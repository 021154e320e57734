//! The only names that generated code may say, besides `core`'s. Free to change with any release:
//! macros and runtime are always of one version. Decisions live in the policies; here they are only
//! handed the user's values and types.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use core::option::Option::{None, Some};
pub use core::result::Result::{Err, Ok};

pub use crate::backoff::{BackoffShape, Jitter};
pub use crate::classify::{RetryClassification, Retryable};
#[cfg(feature = "tokio")]
pub use crate::clock::{pause_async, sleep_async};
pub use crate::clock::{pause_sync, sleep_sync};
pub use crate::error::{CircuitOpenError, TimeoutError};
pub use crate::policy::circuit_breaker::CircuitBreaker;
pub use crate::policy::circuit_breaker::{Verdict, check as check_breaker};
pub use crate::policy::deadline::deadline_sync;
pub use crate::policy::fallback::{Degradable, Fallback, Served, Tier};
pub use crate::policy::retry::{Retry, RetryConfig, check as check_retry};
pub use crate::policy::timeout::timeout_sync;
pub use crate::probe;
pub use crate::{
    __resilient_error as error, __resilient_hint as hint, __resilient_is as is,
    __resilient_returns as returns, __resilient_seen as seen, __resilient_text as text,
};

use crate::error::{CarriesCircuitOpen, CarriesTimeout};

/// Of type `T`, and never there; see the macro of the same name.
#[inline]
#[must_use]
pub const fn returns<T>() -> Option<T> {
    None
}

/// A future as functions that return `Pin<Box<dyn Future>>` return it.
pub fn boxed<F: Future>(future: F) -> Pin<Box<F>> {
    Box::pin(future)
}

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

/// See [`Outcome`].
#[inline]
pub fn outcome<R: Outcome>(outcome: &R) -> Result<&R::Value, &R::Error> {
    outcome.seen()
}

/// The error of a function that returns `Option`: `None` is worth another attempt.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no value")]
pub struct NoValue;

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

/// [`deadline`](crate::deadline), with the name where it takes the least room in the future.
#[cfg(feature = "tokio")]
#[inline]
pub fn deadline<F: Future>(
    limit: Duration,
    operation: &'static &'static str,
    future: F,
) -> crate::policy::deadline::Deadline<F, &'static &'static str> {
    crate::policy::deadline::Deadline::new(limit, operation, future)
}

/// [`timeout`](crate::timeout), with the name where it takes the least room in the future.
#[cfg(feature = "tokio")]
#[inline]
pub fn timeout<F: Future>(
    limit: Duration,
    operation: &'static &'static str,
    future: F,
) -> crate::policy::timeout::Timeout<F, &'static &'static str> {
    crate::policy::timeout::Timeout::new(limit, operation, future)
}

/// What a call that timed out returns.
#[inline]
#[must_use]
pub fn timed_out<R>(error: TimeoutError) -> R
where
    R: Refusable,
    R::Error: CarriesTimeout,
{
    R::refused(R::Error::from_timeout(error))
}

/// What a call that an open circuit refused returns.
#[inline]
#[must_use]
pub fn circuit_open<R>(error: CircuitOpenError) -> R
where
    R: Refusable,
    R::Error: CarriesCircuitOpen,
{
    R::refused(R::Error::from_circuit_open(error))
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

/// What an attempt gets of an argument, and what is kept for the next: the last attempt gets the
/// original, and nothing is kept.
#[inline]
pub fn renew<T: Renew>(argument: T, last: bool) -> (T, Option<T>) {
    if last { (argument, None) } else { (argument.copy(), Some(argument)) }
}

/// A copy of an argument that a fallback names.
#[inline]
pub fn keep<T: Renew>(argument: &T) -> T {
    argument.copy()
}

/// A duration, as generated code writes it.
#[inline]
#[must_use]
pub const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// See [`secs`].
#[inline]
#[must_use]
pub const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// See [`secs`].
#[inline]
#[must_use]
pub const fn nanos(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

/// The retry of the function of that name, before its settings.
pub const fn retry(operation: &'static str) -> Retry {
    Retry::new().operation(operation)
}

/// The retry that `config = …` gives.
#[inline]
pub fn configured(operation: &'static str, config: RetryConfig) -> Retry {
    Retry::from(config).operation(operation)
}

/// Whether the predicate holds; gives the user's closure the type of its parameter.
#[inline]
pub fn holds<T: ?Sized>(value: &T, predicate: impl FnOnce(&T) -> bool) -> bool {
    predicate(value)
}

/// The breaker that `#[circuit_breaker(PATH)]` names.
#[inline]
#[must_use]
pub const fn breaker(breaker: &'static CircuitBreaker) -> &'static CircuitBreaker {
    breaker
}

/// What an error says of the service under `otherwise = neutral`.
#[inline]
#[must_use]
pub const fn neutral_unless(failure: bool) -> Verdict {
    if failure { Verdict::Failure } else { Verdict::Neutral }
}

/// See [`Fallback::serve`].
#[inline]
pub fn serve<T: Degradable>(fallback: Fallback, tier: Tier, value: T) -> T {
    fallback.serve(tier, value)
}

/// The next tier of a fallback, typed as `Result::or_else` types it.
#[inline]
pub fn or_else<T, E>(error: E, tier: impl FnOnce(E) -> Result<T, E>) -> Result<T, E> {
    tier(error)
}

/// The safe value of a function that returns `Served<T>`.
#[inline]
pub fn served<T>(value: T) -> Served<T> {
    value.into()
}

/// The type of a value that a fallback serves.
#[inline]
pub fn value_for<R: Outcome>(value: impl Into<R::Value>) -> R::Value {
    value.into()
}

/// What `on` and `when` decided, with the error's own hint.
#[inline]
#[must_use]
pub const fn selected(selected: bool, hint: Option<Duration>) -> RetryClassification {
    if selected {
        RetryClassification::Transient { retry_after: hint }
    } else {
        RetryClassification::Permanent
    }
}

/// The error type's own word on whether it is worth another attempt.
#[inline]
pub fn classify<E: Retryable + ?Sized>(error: &E) -> RetryClassification {
    error.retry_classification()
}

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

/// See [`Hint`].
#[inline]
pub fn hint_in<H: Hint>(field: &H) -> Option<Duration> {
    field.hint()
}

/// Whether an error, if there is one, is a `T` or has one among its sources.
#[inline]
#[must_use]
pub fn has<T: Error + 'static>(error: Option<&(dyn Error + 'static)>) -> bool {
    error.is_some_and(crate::classify::is_or_has_source::<T>)
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
