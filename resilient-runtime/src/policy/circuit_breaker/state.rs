//! The words that a circuit and its callers have in common: its states, and what a call's result says
//! of the service. What follows from them is decided in `machine`.

use std::fmt;

/// What a circuit does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CircuitState {
    /// Calls pass.
    Closed,
    /// Calls are refused.
    Open,
    /// A few probes pass, to see whether the service is back.
    HalfOpen,
}

impl CircuitState {
    /// `closed`, `open` or `half_open`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

impl fmt::Display for CircuitState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a circuit is in its state whatever its calls come to: somebody said so, and no one has
/// [`reset`](super::Circuit::reset) it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Held {
    /// By [`force_open`](super::Circuit::force_open).
    ForcedOpen,
    /// By [`force_closed`](super::Circuit::force_closed).
    ForcedClosed,
    /// By [`disable`](super::Circuit::disable).
    Disabled,
}

/// What a call failed with that counted as a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// An error; the name of its type, as [`type_name`](std::any::type_name) has it.
    Error(&'static str),
    /// The call panicked.
    Panic,
    /// [`Permit::failure`](super::Permit::failure) was called.
    Reported,
}

/// What the result of an admitted call says of the service; see [`Permit::settle`](super::Permit::settle).
///
/// # Examples
///
/// ```
/// use resilient_runtime::{CircuitBreaker, CircuitOpenError, Verdict};
///
/// static STORE: CircuitBreaker = CircuitBreaker::new("store-verdict");
///
/// // Too many requests of our own say nothing of the store's health.
/// fn judge(status: &u16) -> Verdict {
///     match status {
///         429 => Verdict::Neutral,
///         500.. => Verdict::Failure,
///         _ => Verdict::Success,
///     }
/// }
///
/// # fn main() -> Result<(), CircuitOpenError> {
/// for (status, failures) in [(503, 1), (429, 1), (404, 0)] {
///     let answer = STORE.enter()?.settle(Err::<(), u16>(status), judge);
///     assert_eq!((answer, STORE.snapshot().consecutive_failures), (Err(status), failures));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The service failed.
    Failure,
    /// The service answered, be it with an error.
    Success,
    /// Nothing: the call counts neither way.
    Neutral,
}

/// Of a predicate that picks the failures: whatever it does not pick proves that the service answered.
impl From<bool> for Verdict {
    #[inline]
    fn from(is_failure: bool) -> Self {
        if is_failure { Self::Failure } else { Self::Success }
    }
}
