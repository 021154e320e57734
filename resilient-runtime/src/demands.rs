//! What generated code demands of the user's types, and what the compiler says where a demand is not met:
//! a trait for each, with a message at the user's own type. None is implemented by hand; what is done with
//! the types is decided elsewhere.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::classify::{RetryClassification, Retryable};

/// Function results that have an error to judge: `Result` and `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a `Result` nor an `Option`",
    label = "nothing here says that the function failed",
    note = "return a `Result`; a function that returns a plain value can be retried with `until = |value| …`"
)]
pub trait Outcome {
    /// What success holds.
    type Value;
    /// What failure holds.
    type Error;
    /// Success or failure, by reference.
    ///
    /// # Errors
    /// The function's own.
    fn seen(&self) -> Result<&Self::Value, &Self::Error>;
}

impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;
    #[inline]
    fn seen(&self) -> Result<&T, &E> {
        self.as_ref()
    }
}

impl<T> Outcome for Option<T> {
    type Value = T;
    type Error = NoValue;
    #[inline]
    fn seen(&self) -> Result<&T, &NoValue> {
        self.as_ref().ok_or(&NoValue)
    }
}

/// The error of a function that returns `Option`: `None` is worth another attempt.
#[derive(Clone, Copy, Debug)]
pub struct NoValue;

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no value")
    }
}

impl Error for NoValue {}

impl Retryable for NoValue {
    fn retry_classification(&self) -> RetryClassification {
        RetryClassification::TRANSIENT
    }
}

/// Function results that can hold a refusal: `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a refusal",
    label = "the function does not return a `Result`",
    note = "a timeout or an open circuit ends the call with an error: return `Result<{Self}, …>`"
)]
pub trait Refusable {
    /// What failure holds.
    type Error;
    /// The refusal as the function returns it.
    fn refused(error: Self::Error) -> Self;
}

impl<T, E> Refusable for Result<T, E> {
    type Error = E;
    #[inline]
    fn refused(error: E) -> Self {
        Err(error)
    }
}

/// Arguments passed by value that are needed again: for another attempt, or in a fallback.
#[diagnostic::on_unimplemented(
    message = "this argument is needed more than once, and `{Self}` is not `Clone`",
    label = "passed by value, and not `Clone`",
    note = "borrow it (`&{Self}`), share it (`Arc<{Self}>`), or derive `Clone` for it"
)]
pub trait Renew: Sized {
    /// A copy.
    #[must_use]
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Renew for T {
    #[inline]
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// [`Retryable`], asked for by an attribute: the compiler then names the way out instead of other types
/// that happen to implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which of its failures are worth another attempt",
    label = "this error type is not `Retryable`",
    note = "either classify it where it is defined: `#[derive(resilient::Retryable)]`, with `#[retryable(transient)]` or `#[retryable(permanent)]` on each variant",
    note = "or choose here: `#[retry(on = SomeError)]`, `#[retry(on = MyError::Variant)]`, `#[retry(when = |error| …)]`; to retry everything, write `on = any`"
)]
pub trait SaysWhatToRetry: Retryable {}

#[diagnostic::do_not_recommend]
impl<E: Retryable + ?Sized> SaysWhatToRetry for E {}

/// A server's hint, as a field of an error may hold it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no hint of how long to wait",
    label = "expected `Duration` or `Option<Duration>`"
)]
pub trait Hint {
    /// The hint, if there is one.
    fn hint(&self) -> Option<Duration>;
}

impl Hint for Duration {
    fn hint(&self) -> Option<Duration> {
        Some(*self)
    }
}

impl Hint for Option<Duration> {
    fn hint(&self) -> Option<Duration> {
        *self
    }
}

/// Errors in which a type can be looked for: concrete ones and the `dyn Error`s that `Box` and
/// `anyhow::Error` deref to. Its method is found by autoderef, so its name must be nobody else's.
pub trait ErrorChain {
    /// Whether this is a `T` or has one among its sources.
    fn __resilient_is<T: Error + 'static>(&self) -> bool;
}

impl<E: Error + 'static> ErrorChain for E {
    fn __resilient_is<T: Error + 'static>(&self) -> bool {
        crate::classify::is_or_has_source::<T>(self)
    }
}

macro_rules! dyn_errors {
    ($($ty:ty),*) => {$(
        impl ErrorChain for $ty {
            fn __resilient_is<T: Error + 'static>(&self) -> bool {
                crate::classify::is_or_has_source::<T>(self)
            }
        }
    )*};
}
dyn_errors!(
    dyn Error + 'static,
    dyn Error + Send + 'static,
    dyn Error + Sync + 'static,
    dyn Error + Send + Sync + 'static
);
