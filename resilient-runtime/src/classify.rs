//! Which errors are worth another attempt: the trait that error types implement, and the search for a
//! type along an error's sources. What is done about it is the policies' business.

use std::error::Error;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{CircuitOpenError, TimeoutError};

/// Whether a failure is worth another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClassification {
    /// Never: authentication, validation, a bug.
    Permanent,
    /// Worth another attempt.
    Transient {
        /// How long the server asked to wait (`Retry-After`), if it did. The next attempt is not made
        /// earlier; jitter only adds.
        retry_after: Option<Duration>,
    },
}

impl RetryClassification {
    /// Worth another attempt, without a hint from the server.
    pub const TRANSIENT: Self = Self::Transient { retry_after: None };

    /// What the server asked to wait, if it did.
    #[must_use]
    pub const fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Permanent => None,
            Self::Transient { retry_after } => retry_after,
        }
    }
}

/// An error type that says which of its failures are worth another attempt.
///
/// Usually derived: `#[derive(Retryable)]` with `#[retryable(transient)]`, `#[retryable(permanent)]`,
/// `#[retryable(transient, retry_after = field)]` or `#[retryable(transparent)]` on each variant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which of its failures are worth another attempt",
    label = "this error type is not `Retryable`",
    note = "either classify it where it is defined: `#[derive(resilient::Retryable)]`, with `#[retryable(transient)]` or `#[retryable(permanent)]` on each variant",
    note = "or choose here: `#[retry(on = SomeError)]`, `#[retry(on = MyError::Variant)]`, `#[retry(when = |error| …)]`; to retry everything, write `on = any`"
)]
pub trait Retryable {
    /// Whether this failure is worth another attempt, and after how long at the earliest.
    fn retry_classification(&self) -> RetryClassification;
}

impl Retryable for io::Error {
    /// By kind: failures of the connection and interruptions are transient, everything else is permanent.
    fn retry_classification(&self) -> RetryClassification {
        use io::ErrorKind as Kind;
        match self.kind() {
            Kind::ConnectionRefused
            | Kind::ConnectionReset
            | Kind::ConnectionAborted
            | Kind::NotConnected
            | Kind::BrokenPipe
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown
            | Kind::TimedOut
            | Kind::Interrupted
            | Kind::WouldBlock
            | Kind::ResourceBusy
            | Kind::UnexpectedEof => RetryClassification::TRANSIENT,
            _ => RetryClassification::Permanent,
        }
    }
}

impl Retryable for TimeoutError {
    fn retry_classification(&self) -> RetryClassification {
        RetryClassification::TRANSIENT
    }
}

impl Retryable for CircuitOpenError {
    /// Permanent: asking an open circuit again at once only gets refused again.
    fn retry_classification(&self) -> RetryClassification {
        RetryClassification::Permanent
    }
}

impl Retryable for std::convert::Infallible {
    fn retry_classification(&self) -> RetryClassification {
        match *self {}
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<E: Retryable + ?Sized> Retryable for $pointer {
            fn retry_classification(&self) -> RetryClassification {
                (**self).retry_classification()
            }
        }
    )*};
}
forward!(&E, Box<E>, Rc<E>, Arc<E>);

/// How far a chain of sources is followed: a longer one is a mistake or a cycle.
const LONGEST_CHAIN: usize = 128;

/// Whether `error` is a `T` or has one among its sources. A chain is followed for 128 links, so that
/// a cyclic one ends too.
#[must_use]
pub fn is_or_has_source<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |&error| error.source()).take(LONGEST_CHAIN).any(<dyn Error>::is::<T>)
}
