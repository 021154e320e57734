//! What the attributes say to those who misuse them; the cases are in `fail/`, what must compile is in
//! `pass/`. Here is only the error type that they share.

use resilient::{CircuitOpenError, Retryable, TimeoutError};

/// An error that can carry everything, so that a case is about its one mistake.
#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
pub enum Fault {
    /// No answer.
    #[error("lost")]
    Lost,
    /// Out of time.
    #[error(transparent)]
    Timeout(#[from] TimeoutError),
    /// Refused by a breaker.
    #[error(transparent)]
    CircuitOpen(#[from] CircuitOpenError),
}
