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
pub use crate::classify::{Judged, RetryClassification, Retryable};
pub use crate::error::{CarriesCircuitOpen, CarriesTimeout, CircuitOpenError, TimeoutError};
pub use crate::ide;
pub use crate::limit::{Carried, CrossesThreads, Limit};
pub use crate::pinned::Pinned;
pub use crate::policy::circuit_breaker::{
    CircuitBreaker, CircuitKey, KeyedCircuit, KeyedCircuitBreaker, Verdict, check as check_breaker,
};
pub use crate::policy::deadline::deadline_sync;
#[cfg(feature = "tokio")]
pub use crate::policy::deadline::due;
pub use crate::policy::description::Description;
pub use crate::policy::retry::{NestedRetry, Retry, RetryBudget, RetryConfig, check as check_retry};
#[cfg(feature = "tokio")]
pub use crate::policy::timeout::{bound_attempt as timeout, bound_made as timeout_around};
pub use crate::probe::{self, Seen, Told};
#[cfg(feature = "stream")]
pub use crate::stream::{
    Around, FallibleStream, FromItem, FromStream, IntoPinned, Opened, Streaming, opened,
};
pub use crate::window::Window;
pub use crate::{
    __resilient_error as error, __resilient_is as is, __resilient_pin as pin, __resilient_returns as returns,
};

#[path = "private/degrading.rs"]
mod degrading;
pub use degrading::*;

/// What makes [`Told`] and [`Seen`] answer for every type.
pub mod asked {
    pub use std::borrow::ToOwned as _;

    pub use crate::policy::circuit_breaker::AsCircuitKey as _;
    pub use crate::policy::fallback::tier::Later as _;
    #[cfg(feature = "cache")]
    pub use crate::probe::Unshared as _;
    pub use crate::probe::{ByDebug as _, ByName as _, Plain as _, Unclassified as _};
}

pub use crate::demands::{ErrorChain, Hint, NoValue, Outcome, Refusable, Renew, SaysWhatToRetry};

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

/// What a decorator has instead of itself, as `self: Box<Self>`.
pub fn in_a_box<T>(inner: T) -> Box<T> {
    Box::new(inner)
}

/// See [`Outcome`].
#[inline]
pub fn seen<R: Outcome>(outcome: &R) -> Result<&R::Value, &R::Error> {
    outcome.seen()
}

/// A limit, as attributes keep theirs.
#[must_use]
pub const fn limit<R, E>(operation: &'static str, limit: Duration) -> Carried<R>
where
    R: Refusable<Error = E>,
    E: CarriesTimeout,
{
    Carried::new(Limit::new(limit, operation))
}

/// See [`Limit::checked`].
#[must_use]
#[track_caller]
pub const fn checked_limit(limit: Duration) -> Duration {
    Limit::checked(limit)
}

/// Looks whether a type can be sent to the thread that runs a bounded sync body.
#[inline]
pub const fn crosses<T: CrossesThreads>() {}

/// [`crosses`], for a type that cannot be named.
#[inline]
pub const fn crosses_value<T: CrossesThreads>(_: &T) {}

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

/// See [`FromItem`].
#[cfg(feature = "stream")]
pub fn from_item<E: FromItem<X>, X>(error: X) -> E {
    E::from_item(error)
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

/// The budget that `#[retry(budget = PATH)]` names.
#[inline]
#[must_use]
pub const fn budget_at(budget: &'static RetryBudget) -> &'static RetryBudget {
    budget
}

/// The budget of the function of that name that `#[retry(budget = 0.1)]` gives it.
#[must_use]
pub const fn budget(name: &'static str, ratio: f64) -> RetryBudget {
    RetryBudget::new(name).ratio(ratio)
}

/// Whether the predicate holds; gives the user's closure the type of its parameter.
#[inline]
pub fn holds<T: ?Sized>(value: &T, predicate: impl FnOnce(&T) -> bool) -> bool {
    predicate(value)
}

/// A breaker, as attributes keep theirs.
#[must_use]
#[track_caller]
pub const fn breaker(name: &'static str) -> CircuitBreaker {
    CircuitBreaker::new(name)
}

/// A breaker named after the function that `inside` is written in.
#[must_use]
#[track_caller]
pub const fn breaker_of(inside: fn() -> &'static str) -> CircuitBreaker {
    CircuitBreaker::of_function(inside)
}

/// The breaker that `#[circuit_breaker(PATH)]` names.
#[inline]
#[must_use]
pub const fn breaker_at(breaker: &'static CircuitBreaker) -> &'static CircuitBreaker {
    breaker
}

/// [`breaker_at`], where the attribute says `key`.
#[inline]
#[must_use]
pub const fn keyed_breaker_at(breaker: &'static KeyedCircuitBreaker) -> &'static KeyedCircuitBreaker {
    breaker
}

/// See [`KeyedCircuitBreaker::of`].
#[inline]
pub fn circuit_of<Q: CircuitKey + ?Sized>(breaker: &KeyedCircuitBreaker, key: &Q) -> KeyedCircuit {
    breaker.of(key)
}

/// What an error says of the service under `otherwise = neutral`.
#[inline]
#[must_use]
pub const fn neutral_unless(failure: bool) -> Verdict {
    if failure { Verdict::Failure } else { Verdict::Neutral }
}

/// What `on` and `when` decided, with the error's own hint.
#[inline]
#[must_use]
pub const fn selected(selected: bool, own: Judged) -> Judged {
    own.overruled(selected)
}

/// The error type's own word on whether it is worth another attempt.
#[inline]
pub fn classify<E: SaysWhatToRetry + ?Sized>(error: &E) -> RetryClassification {
    error.retry_classification()
}

/// [`classify`], and what a budget wants to know besides.
pub fn judge<E: SaysWhatToRetry + ?Sized>(error: &E) -> Judged {
    Judged::of(error)
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
