use resilient::{Retryable, circuit_breaker};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
    #[error(transparent)]
    CircuitOpen(#[from] resilient::CircuitOpenError),
}

use std::time::Duration;

#[circuit_breaker(recovery_timeout = open_for)]
fn guarded(open_for: Duration) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
