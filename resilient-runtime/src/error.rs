//! The two refusals that this crate itself produces, and the traits that say "this error type can
//! carry them". What becomes of a refusal is decided by the caller's error type alone.

use std::time::Duration;

/// The circuit is open: the call was refused without running the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("circuit `{name}` is open; next try in {}", crate::event::Seconds(*.retry_after))]
pub struct CircuitOpenError {
    /// The breaker's name.
    pub name: &'static str,
    /// How long until a call may be let through, at the latest. For a circuit that was forced open,
    /// where no such time is known: its recovery timeout.
    pub retry_after: Duration,
}

/// The operation took longer than its limit, and was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{operation} timed out after {}", crate::event::Seconds(*.limit))]
pub struct TimeoutError {
    /// What timed out: `operation = "…"` of the attribute, or the function's name.
    pub operation: &'static str,
    /// The limit that was passed.
    pub limit: Duration,
}

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
