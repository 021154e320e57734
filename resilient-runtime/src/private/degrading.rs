//! What generated code says of fallbacks. Decisions live in the policy; here it is only handed the user's
//! values and types.

#[cfg(all(feature = "cache", feature = "tokio"))]
use std::future::Future;
use std::time::Duration;

use crate::demands::Outcome;
use crate::event::Text;
pub use crate::policy::fallback::mark::Mark;
pub use crate::policy::fallback::tier::{TierFuture, awaited, came};
#[cfg(feature = "cache")]
pub use crate::policy::fallback::{CacheKey, Good, Keepable, LastGood, Shared, check as check_fallback};
pub use crate::policy::fallback::{Degradable, Degradation, Fallback, Served, Tier};

/// What a fallback remembers of the error.
#[must_use]
pub fn fallback(operation: &'static str, error: Text<'_>) -> Fallback {
    Fallback::new(operation, error)
}

/// See [`Fallback::serve`].
#[inline]
pub fn serve<T: Degradable, E>(fallback: Fallback, tier: Tier, value: T) -> Result<T, E> {
    Ok(fallback.serve(tier, value))
}

/// See [`Fallback::tried`].
///
/// # Errors
/// The tier's.
pub fn tried<T: Degradable, E>(
    fallback: &Fallback,
    number: u32,
    out: Result<T, E>,
    shown: fn(&E) -> Text<'_>,
) -> Result<T, E> {
    fallback.tried(number, out, shown)
}

/// See [`Fallback::serve_aged`].
#[inline]
pub fn serve_aged<T: Degradable, E>(fallback: Fallback, tier: Tier, age: Duration, value: T) -> Result<T, E> {
    Ok(fallback.serve_aged(tier, age, value))
}

/// The last good values of the function that it is written in, before its settings.
#[cfg(feature = "cache")]
#[must_use]
pub const fn last_good() -> LastGood {
    LastGood::new()
}

/// See [`LastGood::of`].
#[cfg(feature = "cache")]
pub fn good_of<I: Fn() + 'static, K: CacheKey>(all: &LastGood, instance: I, key: K) -> Good<'_> {
    all.of(instance, key)
}

/// See [`Good::share`].
///
/// # Errors
/// The call's.
#[cfg(feature = "cache")]
pub fn share<T: Degradable + Keepable, E: 'static>(
    good: &Good<'_>,
    call: impl FnOnce() -> Result<T, E>,
    shared: impl FnOnce(&E) -> Option<Shared>,
) -> Result<T, E> {
    good.share(call, shared)
}

/// See [`Good::share_async`].
#[cfg(all(feature = "cache", feature = "tokio"))]
pub fn share_async<T: Degradable + Keepable, E: 'static>(
    good: &Good<'_>,
    call: impl Future<Output = Result<T, E>>,
    shared: impl FnOnce(&E) -> Option<Shared>,
) -> impl Future<Output = Result<T, E>> {
    good.share_async(call, shared)
}

/// See [`Good::keep`].
#[cfg(feature = "cache")]
pub fn keep_good<T: Degradable + Keepable>(good: &Good<'_>, value: &T) {
    good.keep(value);
}

/// See [`Fallback::find`].
#[cfg(feature = "cache")]
#[must_use]
pub fn find_good<T: 'static>(
    fallback: &Fallback,
    good: &Good<'_>,
    max_age: Duration,
) -> Option<(T, Duration)> {
    fallback.find(good, max_age)
}

/// The next tier of a fallback, typed as `Result::or_else` types it.
#[inline]
pub fn or_else<T, E>(error: E, tier: impl FnOnce(E) -> Result<T, E>) -> Result<T, E> {
    tier(error)
}

/// [`serve`], for the safe value of a function that returns `Served<T>`.
#[inline]
pub fn serve_default<T, E>(fallback: Fallback, value: T) -> Result<Served<T>, E> {
    serve(fallback, Tier::Default, value.into())
}

/// The type of a value that a fallback serves.
#[inline]
pub fn value_for<R: Outcome>(value: impl Into<R::Value>) -> R::Value {
    value.into()
}

/// How a field of that type is marked, and how it is asked.
#[derive(Debug)]
pub struct Marks<M> {
    /// See [`Mark::set`].
    pub set: fn(&mut M, &Degradation),
    /// See [`Mark::is_set`].
    pub is_set: fn(&M) -> bool,
}

/// Both in one place, so that what is wrong with the type of a field is told once.
pub fn mark_of<M: Mark>(_field: &M) -> Marks<M> {
    Marks { set: M::set, is_set: M::is_set }
}
