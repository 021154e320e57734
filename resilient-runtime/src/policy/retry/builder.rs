//! `Retry`, the settings as a value that a `static` or `const` can hold. What they mean is decided
//! one file up.

use std::time::Duration;

use super::check::{self, Written};
use super::{NestedRetry, Plan, RetryBudget, RetryConfig, RetryRun, Shortfall};
use crate::backoff::{BackoffShape, Jitter};
use crate::bound::End;
use crate::classify::Judged;
use crate::clock::Moment;
use crate::event::Text;

/// Runs a function again when it fails with an error that is worth another attempt.
///
/// By default the error type's own [`Retryable`](crate::Retryable) says which errors are; see
/// [`when`](Self::when). Every builder is `const`; in a `const` or `static`, settings that make no sense,
/// alone or beside one another, fail to compile. For values known only at run time use [`RetryConfig`],
/// which never panics.
///
/// # Examples
///
/// ```
/// use std::{io, time::Duration};
/// use resilient_runtime::Retry;
///
/// static RETRY: Retry = Retry::new().max_attempts(4).base_delay(Duration::from_millis(5));
///
/// let mut calls = 0;
/// let answer = RETRY.call(|| {
///     calls += 1;
///     if calls < 3 { Err(io::Error::from(io::ErrorKind::ConnectionReset)) } else { Ok(42) }
/// });
/// assert_eq!((answer.ok(), calls), (Some(42), 3));
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "settings do nothing until they are used by `call` or `call_async`"]
pub struct Retry<W = Classified, U = AnyValue> {
    pub(super) plan: Plan,
    written: Written,
    pub(super) selects: W,
    pub(super) accepts: U,
}

/// The error type's own [`Retryable`](crate::Retryable) says what is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Classified;

/// A predicate on errors says what is tried again.
#[derive(Clone, Copy, Debug)]
pub struct When<F>(pub(super) F);

/// Every `Ok` value is taken.
#[derive(Clone, Copy, Debug)]
pub struct AnyValue;

/// A predicate on `Ok` values says which are taken.
#[derive(Clone, Copy, Debug)]
pub struct Until<F>(pub(super) F);

impl Retry {
    /// Three attempts, exponential backoff from 1 s to at most 30 s, 0–10 % jitter.
    pub const fn new() -> Self {
        Self { plan: Plan::DEFAULT, written: Written::NOTHING, selects: Classified, accepts: AnyValue }
    }
}

impl<U: Copy> Retry<Classified, U> {
    /// Tries again what `when` says yes to, whatever the error type itself says.
    pub const fn when<F>(self, when: F) -> Retry<When<F>, U> {
        let Self { plan, written, accepts, .. } = self;
        Retry { plan, written, selects: When(when), accepts }
    }
}

impl<W: Copy> Retry<W> {
    /// Also tries again an `Ok` value that `until` says no to; the last one is returned.
    pub const fn until<F>(self, until: F) -> Retry<W, Until<F>> {
        let Self { plan, written, selects, .. } = self;
        Retry { plan, written, selects, accepts: Until(until) }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::new()
    }
}

impl From<RetryConfig> for Retry {
    /// Values out of range count as the nearest that is in range.
    fn from(config: RetryConfig) -> Self {
        Self::new().configured(config)
    }
}

impl<W, U> Retry<W, U> {
    /// Calls in all, the first included. Default 3.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: outside 1..=100, or beside
    /// [`max_retries`](Self::max_retries).
    #[track_caller]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.plan.config.max_attempts = check::max_attempts(attempts);
        self.wrote(Written::MAX_ATTEMPTS)
    }

    /// Calls after the first; the Python decorators' count.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: above 99, or beside
    /// [`max_attempts`](Self::max_attempts).
    #[track_caller]
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.plan.config.max_attempts = check::max_retries(retries) + 1;
        self.wrote(Written::MAX_RETRIES)
    }

    /// The first delay. Default 1 s. One above 30 s needs a [`max_delay`](Self::max_delay), too: without,
    /// every delay is 30 s, the default there.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero (for no delay write
    /// [`backoff`](Self::backoff)`(BackoffShape::None)`), above a `max_delay` that was written, or with
    /// `BackoffShape::None`, where it does nothing.
    #[track_caller]
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        self.plan.config.base_delay = check::base_delay(delay);
        self.wrote(Written::BASE_DELAY)
    }

    /// The factor by which exponential delays grow. Default 2.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: below 1, infinite or not a number; or with another
    /// [`backoff`](Self::backoff), where it does nothing.
    #[track_caller]
    pub const fn multiplier(mut self, multiplier: f64) -> Self {
        self.plan.config.multiplier = check::multiplier(multiplier);
        self.wrote(Written::MULTIPLIER)
    }

    /// No delay of its own is ever longer, jitter included. Default 30 s.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero, below a [`base_delay`](Self::base_delay) that
    /// was written, or with [`BackoffShape::None`], where it does nothing.
    #[track_caller]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.plan.config.max_delay = check::max_delay(delay);
        self.wrote(Written::MAX_DELAY)
    }

    /// The longest hint of a server that is waited for. A longer one ends the retrying with the last
    /// error: asking earlier would only be refused again. Default 5 min.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    #[track_caller]
    pub const fn max_retry_after(mut self, longest: Duration) -> Self {
        self.plan.config.max_retry_after = check::max_retry_after(longest);
        self
    }

    /// How delays grow. Default [`BackoffShape::Exponential`].
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: beside a setting that does nothing with this shape.
    #[track_caller]
    pub const fn backoff(mut self, shape: BackoffShape) -> Self {
        self.plan.config.backoff = shape;
        self.wrote(Written::BACKOFF)
    }

    /// How clients that failed together are spread. Default `Jitter::Ratio(0.1)`.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: a ratio outside 0..=1; or with
    /// [`BackoffShape::Decorrelated`], which spreads by itself, or [`BackoffShape::None`].
    #[track_caller]
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.plan.config.jitter = check::jitter(jitter);
        self.wrote(Written::JITTER)
    }

    /// Checked in whichever builder comes second.
    #[track_caller]
    const fn wrote(mut self, setting: Written) -> Self {
        self.written = self.written.and(setting);
        check::together(&self.plan.config, self.written);
        self
    }

    /// Makes no more retries than `budget` has tokens for: the bound of all calls together. Default: none.
    pub const fn budget(mut self, budget: &'static RetryBudget) -> Self {
        self.plan.budget = Some(budget);
        self
    }

    /// What to do inside another retry, whose attempts these multiply. Default [`NestedRetry::Report`].
    pub const fn nested(mut self, nested: NestedRetry) -> Self {
        self.plan.nested = nested;
        self
    }

    /// What events call the operation. Default `retry`; an attribute says the function's name.
    pub const fn operation(mut self, operation: &'static str) -> Self {
        self.plan.operation = operation;
        self
    }

    /// The settings.
    pub const fn config(&self) -> &RetryConfig {
        &self.plan.config
    }
}

/// What attributes write around a body.
#[doc(hidden)]
impl Retry {
    /// With the numbers of `config`, where there is one.
    #[inline]
    pub fn overruled_by(&self, config: &Option<RetryConfig>) -> Self {
        match config {
            Some(config) => self.configured(*config),
            None => *self,
        }
    }

    #[inline]
    fn configured(self, config: RetryConfig) -> Self {
        let max_attempts = config.max_attempts.clamp(1, RetryConfig::MOST_ATTEMPTS);
        Self { plan: Plan { config: RetryConfig { max_attempts, ..config }, ..self.plan }, ..self }
    }

    /// Begins a call. Reads no clock and rolls no dice.
    #[inline]
    pub fn start(&self) -> RetryRun {
        self.plan.start()
    }

    /// Whether the attempt that is running is the last that the settings allow.
    #[inline]
    #[must_use]
    pub fn is_last(&self, run: &RetryRun) -> bool {
        run.attempt_number() >= self.plan.config.max_attempts
    }

    /// The attempt came to what the caller wants.
    #[inline]
    pub fn succeeded(&self, run: &RetryRun) {
        self.plan.succeeded(run);
    }

    /// Whether the run goes on after an attempt that failed with `error`; if not, the error stands. What is to be
    /// known of it, and what events show, is asked here, out of the way of a success: once for each type of error.
    #[cold]
    #[inline(never)]
    pub fn failed<E>(
        &self,
        run: RetryRun,
        error: &E,
        judge: fn(&E) -> Judged,
        text: fn(&E) -> Text<'_>,
    ) -> RetryRun {
        self.failed_as(run, judge(error), text(error))
    }

    /// [`failed`](Self::failed), where the caller's time ends.
    #[cold]
    #[inline(never)]
    pub fn failed_within<E>(
        &self,
        ends: End,
        run: RetryRun,
        error: &E,
        judge: fn(&E) -> Judged,
        text: fn(&E) -> Text<'_>,
    ) -> RetryRun {
        self.failed_as_within(ends, run, judge(error), text(error))
    }

    /// [`failed`](Self::failed) with an error of which that was said, and which events show so.
    #[cold]
    pub fn failed_as(&self, run: RetryRun, error: Judged, text: Text<'_>) -> RetryRun {
        self.plan.settle(run, Moment::MAX, Shortfall::Error(error), text)
    }

    /// [`failed_as`](Self::failed_as), where the caller's time ends.
    #[cold]
    pub fn failed_as_within(&self, End(ends): End, run: RetryRun, error: Judged, text: Text<'_>) -> RetryRun {
        self.plan.settle(run, ends, Shortfall::Error(error), text)
    }

    /// Whether the run goes on after an attempt that came to a value which `until` does not take; if not, the
    /// value stands.
    #[cold]
    pub fn unsatisfied(&self, run: RetryRun) -> RetryRun {
        self.plan.unsatisfied(run, Moment::MAX)
    }

    /// [`unsatisfied`](Self::unsatisfied), where the caller's time ends.
    #[cold]
    pub fn unsatisfied_within(&self, End(ends): End, run: RetryRun) -> RetryRun {
        self.plan.unsatisfied(run, ends)
    }
}
