//! Which errors are worth another attempt: the trait that error types implement, and the search for a
//! type along an error's sources. What other crates' errors mean is said in a file for each of those crates;
//! what is done about it is the policies' business.

use std::error::Error;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{CircuitOpenError, TimeoutError};

mod idempotent;
mod judged;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "tokio")]
mod tokio;
#[cfg(feature = "tonic")]
mod tonic;

pub use idempotent::{Idempotent, RetryableIfIdempotent};
pub use judged::Judged;

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

    /// The error that speaks for this one, where the derive was told so (`transparent`). An error that
    /// forwards its `source()` as well hides what it holds from its own chain; `on = …` looks here, too.
    #[doc(hidden)]
    fn __resilient_inner(&self) -> Option<&(dyn Error + 'static)> {
        None
    }

    /// Whether it took too long. Some budgets charge more for that.
    #[doc(hidden)]
    fn __resilient_timed_out(&self) -> bool {
        self.__resilient_inner().is_some_and(|inner| {
            inner.is::<TimeoutError>() || inner.downcast_ref().is_some_and(io::Error::__resilient_timed_out)
        })
    }
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

    fn __resilient_timed_out(&self) -> bool {
        self.kind() == io::ErrorKind::TimedOut
    }
}

impl Retryable for TimeoutError {
    fn retry_classification(&self) -> RetryClassification {
        RetryClassification::TRANSIENT
    }

    fn __resilient_timed_out(&self) -> bool {
        true
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

            fn __resilient_inner(&self) -> Option<&(dyn Error + 'static)> {
                (**self).__resilient_inner()
            }

            fn __resilient_timed_out(&self) -> bool {
                (**self).__resilient_timed_out()
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fmt;

    use super::*;

    /// An error so many links above the end of its chain.
    #[derive(Debug)]
    struct Link(Option<Box<dyn Error + Send + Sync>>);

    #[derive(Debug)]
    struct Needle;

    /// An error that is its own source.
    #[derive(Debug)]
    struct Cycle;

    macro_rules! shown_as_debug {
        ($($ty:ty),*) => {$(
            impl fmt::Display for $ty {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Debug::fmt(self, f)
                }
            }
        )*};
    }
    shown_as_debug!(Link, Needle, Cycle);

    impl Error for Needle {}
    impl Error for Link {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.as_deref().map(|source| source as _)
        }
    }
    impl Error for Cycle {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    /// A needle below so many links.
    fn below(links: usize) -> Box<dyn Error + Send + Sync> {
        (0..links).fold(Box::new(Needle), |source, _| Box::new(Link(Some(source))))
    }

    #[test]
    fn io_errors_are_transient_where_the_connection_failed_and_permanent_elsewhere() {
        use io::ErrorKind as Kind;
        for (transient, kinds) in [
            (
                true,
                [
                    Kind::ConnectionRefused,
                    Kind::ConnectionReset,
                    Kind::ConnectionAborted,
                    Kind::NotConnected,
                    Kind::BrokenPipe,
                    Kind::HostUnreachable,
                    Kind::NetworkUnreachable,
                    Kind::NetworkDown,
                    Kind::TimedOut,
                    Kind::Interrupted,
                    Kind::WouldBlock,
                    Kind::ResourceBusy,
                    Kind::UnexpectedEof,
                ]
                .as_slice(),
            ),
            (
                false,
                &[
                    Kind::NotFound,
                    Kind::PermissionDenied,
                    Kind::AddrInUse,
                    Kind::AlreadyExists,
                    Kind::InvalidInput,
                    Kind::InvalidData,
                    Kind::WriteZero,
                    Kind::StorageFull,
                    Kind::Unsupported,
                    Kind::OutOfMemory,
                    Kind::Other,
                ],
            ),
        ] {
            for &kind in kinds {
                let says = io::Error::from(kind).retry_classification();
                assert_eq!(says == RetryClassification::TRANSIENT, transient, "{kind:?}");
                assert_eq!(says == RetryClassification::Permanent, !transient, "{kind:?}");
            }
        }
    }

    #[test]
    fn a_timeout_is_worth_another_attempt_and_an_open_circuit_is_not() {
        let timeout = TimeoutError { operation: "op", limit: Duration::from_secs(1) };
        assert_eq!(timeout.retry_classification(), RetryClassification::TRANSIENT);
        let open = CircuitOpenError { name: "db", retry_after: Duration::from_secs(1) };
        assert_eq!(open.retry_classification(), RetryClassification::Permanent);
    }

    #[test]
    fn pointers_say_what_the_error_behind_them_says() {
        struct Hinted;
        impl Retryable for Hinted {
            fn retry_classification(&self) -> RetryClassification {
                RetryClassification::Transient { retry_after: Some(Duration::from_secs(7)) }
            }
        }
        fn hint(error: impl Retryable) -> Option<Duration> {
            error.retry_classification().retry_after()
        }
        let seven = Some(Duration::from_secs(7));
        assert_eq!(hint(Box::new(Hinted)), seven);
        assert_eq!(hint(Rc::new(Hinted)), seven);
        assert_eq!(hint(Arc::new(Hinted)), seven);
        assert_eq!(hint(Box::new(Hinted) as Box<dyn Retryable + Send>), seven);
        assert_eq!(hint(Arc::new(&Hinted)), seven);
    }

    #[test]
    fn only_a_transient_error_has_a_hint() {
        assert_eq!(RetryClassification::Permanent.retry_after(), None);
        assert_eq!(RetryClassification::TRANSIENT.retry_after(), None);
    }

    #[test]
    fn a_type_is_found_at_the_top_and_anywhere_below() {
        for links in [0, 1, 2, 50] {
            let error = below(links);
            assert!(is_or_has_source::<Needle>(&*error), "{links} links below");
            assert!(!is_or_has_source::<io::Error>(&*error));
            assert_eq!(is_or_has_source::<Link>(&*error), links > 0);
        }
        assert!(is_or_has_source::<Needle>(&Needle));
        assert!(!is_or_has_source::<Needle>(&Link(None)));
    }

    #[test]
    fn a_chain_is_followed_for_128_links_and_a_cycle_ends() {
        assert!(is_or_has_source::<Needle>(&*below(LONGEST_CHAIN - 1)));
        assert!(!is_or_has_source::<Needle>(&*below(LONGEST_CHAIN)));
        assert!(!is_or_has_source::<Needle>(&*below(10_000)));
        assert!(is_or_has_source::<Cycle>(&Cycle));
        assert!(!is_or_has_source::<Needle>(&Cycle));
    }
}
