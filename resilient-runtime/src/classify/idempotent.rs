//! What changes when a call may be repeated without harm. A failed request may have been carried out all the
//! same; only who makes the call knows whether that matters. Which failures they are is said by each error
//! type, in files of their own.

use std::error::Error;
use std::fmt;

use super::{RetryClassification, Retryable};

/// An error type that knows of some failures that the request may have been carried out before them: a reset
/// while the answer was waited for, a `503`.
///
/// Its [`Retryable`] calls these permanent, so that no order is placed twice. Under [`Idempotent`] they are
/// transient.
pub trait RetryableIfIdempotent: Retryable {
    /// Whether this failure is worth another attempt if the call may be repeated without harm, and after how
    /// long at the earliest.
    fn retry_classification_if_idempotent(&self) -> RetryClassification;
}

/// The error of a call that may be made twice without harm: it only reads, it sets what it sets to the same
/// value each time, or it carries an idempotency key.
///
/// Failures after which nobody knows whether the request was carried out are then worth another attempt, too.
/// It shows itself as the error that it holds; `?` makes it of that error.
///
/// # Examples
///
/// ```
/// use std::fmt;
/// use resilient_runtime::{Idempotent, RetryClassification, Retryable, RetryableIfIdempotent};
///
/// /// The connection broke before the answer came.
/// #[derive(Debug)]
/// struct Lost;
/// # impl fmt::Display for Lost {
/// #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("lost") }
/// # }
/// impl std::error::Error for Lost {}
/// impl Retryable for Lost {
///     fn retry_classification(&self) -> RetryClassification {
///         RetryClassification::Permanent
///     }
/// }
/// impl RetryableIfIdempotent for Lost {
///     fn retry_classification_if_idempotent(&self) -> RetryClassification {
///         RetryClassification::TRANSIENT
///     }
/// }
///
/// fn send() -> Result<(), Lost> {
///     Err(Lost)
/// }
/// /// Reads only.
/// fn look_up() -> Result<(), Idempotent<Lost>> {
///     Ok(send()?)
/// }
/// assert_eq!(send().unwrap_err().retry_classification(), RetryClassification::Permanent);
/// assert_eq!(look_up().unwrap_err().retry_classification(), RetryClassification::TRANSIENT);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Idempotent<E>(pub E);

impl<E> Idempotent<E> {
    /// The error alone.
    #[must_use]
    pub fn into_inner(self) -> E {
        self.0
    }
}

impl<E> From<E> for Idempotent<E> {
    fn from(error: E) -> Self {
        Self(error)
    }
}

impl<E: fmt::Display> fmt::Display for Idempotent<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: Error> Error for Idempotent<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl<E: RetryableIfIdempotent + Error + 'static> Retryable for Idempotent<E> {
    fn retry_classification(&self) -> RetryClassification {
        self.0.retry_classification_if_idempotent()
    }

    fn __resilient_inner(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }

    fn __resilient_timed_out(&self) -> bool {
        self.0.__resilient_timed_out()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::private::has;

    #[derive(Debug)]
    struct Lost(fmt::Error);

    impl fmt::Display for Lost {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.pad("lost")
        }
    }
    impl Error for Lost {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    impl Retryable for Lost {
        fn retry_classification(&self) -> RetryClassification {
            RetryClassification::Permanent
        }
    }
    impl RetryableIfIdempotent for Lost {
        fn retry_classification_if_idempotent(&self) -> RetryClassification {
            RetryClassification::TRANSIENT
        }
    }

    #[test]
    fn it_shows_itself_as_what_it_holds_and_is_found_as_that() {
        let error = Idempotent::from(Lost(fmt::Error));
        assert_eq!(error.retry_classification(), RetryClassification::TRANSIENT);
        assert_eq!(format!("{error:>6}"), "  lost");
        assert!(error.source().is_some_and(<dyn Error>::is::<fmt::Error>));
        assert!(has::<Lost>(error.__resilient_inner()) && has::<fmt::Error>(Some(&error)));
        assert_eq!(error.into_inner().retry_classification(), RetryClassification::Permanent);
    }
}
