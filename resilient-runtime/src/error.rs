//! The two refusals that this crate itself produces, and the traits that say "this error type can
//! carry them". What becomes of a refusal is decided by the caller's error type alone.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::event::Seconds;

/// The circuit is open: the call was refused without running the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CircuitOpenError {
    /// The breaker's name.
    pub name: &'static str,
    /// How long until a call may be let through, at the latest. For a circuit that was forced open,
    /// where no such time is known: its recovery timeout.
    pub retry_after: Duration,
}

/// The operation took longer than its limit, and was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeoutError {
    /// What timed out: `operation = "…"` of the attribute, or the function's name.
    pub operation: &'static str,
    /// The limit that was passed.
    pub limit: Duration,
}

// By hand: a derive for these two would put a second user of `syn` on the way of every clean build.
impl fmt::Display for CircuitOpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "circuit `{}` is open; next try in {}", self.name, Seconds(self.retry_after))
    }
}

impl Error for CircuitOpenError {}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} timed out after {}", self.operation, Seconds(self.limit))
    }
}

impl Error for TimeoutError {}

/// Error types that can carry a [`TimeoutError`]: all that are `From` it. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a timeout",
    label = "this error type is not `From<TimeoutError>`",
    note = "add a variant to it: `#[error(transparent)] Timeout(#[from] resilient::TimeoutError)`"
)]
pub trait CarriesTimeout: Sized {
    #[doc(hidden)]
    fn from_timeout(error: TimeoutError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<TimeoutError>> CarriesTimeout for E {
    #[inline]
    fn from_timeout(error: TimeoutError) -> Self {
        Self::from(error)
    }
}

/// Error types that can carry a [`CircuitOpenError`]: all that are `From` it. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry the refusal of an open circuit",
    label = "this error type is not `From<CircuitOpenError>`",
    note = "add a variant to it: `#[error(transparent)] CircuitOpen(#[from] resilient::CircuitOpenError)`"
)]
pub trait CarriesCircuitOpen: Sized {
    #[doc(hidden)]
    fn from_circuit_open(error: CircuitOpenError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<CircuitOpenError>> CarriesCircuitOpen for E {
    #[inline]
    fn from_circuit_open(error: CircuitOpenError) -> Self {
        Self::from(error)
    }
}
