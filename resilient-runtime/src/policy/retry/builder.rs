//! `Retry`, the settings as a value that a `static` or `const` can hold. What they mean is decided
//! one file up.

use std::time::Duration;

use super::{RetryConfig, RetryRun};
use crate::backoff::{BackoffShape, Jitter};

/// Runs a function again when it fails with an error that is worth another attempt.
///
/// By default the error type's own [`Retryable`](crate::Retryable) says which errors are; see
/// [`when`](Self::when). Every builder is `const`; a setting that makes no sense fails to compile in a
/// `const` or `static`. For values known only at run time use [`RetryConfig`], which never panics.
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
    pub(super) config: RetryConfig,
    pub(super) operation: &'static str,
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
        Self { config: RetryConfig::DEFAULT, operation: "retry", selects: Classified, accepts: AnyValue }
    }
}

impl<U: Copy> Retry<Classified, U> {
    /// Tries again what `when` says yes to, whatever the error type itself says.
    pub const fn when<F>(self, when: F) -> Retry<When<F>, U> {
        Retry { config: self.config, operation: self.operation, selects: When(when), accepts: self.accepts }
    }
}

impl<W: Copy> Retry<W> {
    /// Also tries again an `Ok` value that `until` says no to; the last one is returned.
    pub const fn until<F>(self, until: F) -> Retry<W, Until<F>> {
        Retry { config: self.config, operation: self.operation, selects: self.selects, accepts: Until(until) }
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
        let config =
            RetryConfig { max_attempts: config.max_attempts.clamp(1, RetryConfig::MOST_ATTEMPTS), ..config };
        Self { config, ..Self::new() }
    }
}

impl<W, U> Retry<W, U> {
    /// Calls in all, the first included. Default 3.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: outside 1..=100.
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        assert!(
            attempts >= 1 && attempts <= RetryConfig::MOST_ATTEMPTS,
            "`max_attempts` must be between 1 and 100"
        );
        self.config.max_attempts = attempts;
        self
    }

    /// Calls after the first; the Python decorators' count.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: above 99.
    pub const fn max_retries(self, retries: u32) -> Self {
        assert!(retries < RetryConfig::MOST_ATTEMPTS, "`max_retries` must be between 0 and 99");
        self.max_attempts(retries + 1)
    }

    /// The first delay. Default 1 s.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero (for no delay write
    /// [`backoff`](Self::backoff)`(BackoffShape::None)`).
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        assert!(
            !delay.is_zero(),
            "`base_delay` must be above zero; for no delay at all write `backoff = none`"
        );
        self.config.base_delay = delay;
        self
    }

    /// The factor by which exponential delays grow. Default 2.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: below 1, infinite or not a number.
    pub const fn multiplier(mut self, multiplier: f64) -> Self {
        assert!(multiplier >= 1.0 && multiplier.is_finite(), "`multiplier` must be a number of at least 1");
        self.config.multiplier = multiplier;
        self
    }

    /// No delay of its own is ever longer, jitter included. Default 30 s.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        assert!(!delay.is_zero(), "`max_delay` must be above zero");
        self.config.max_delay = delay;
        self
    }

    /// The longest hint of a server that is waited for. A longer one ends the retrying with the last
    /// error: asking earlier would only be refused again. Default 5 min.
    pub const fn max_retry_after(mut self, longest: Duration) -> Self {
        self.config.max_retry_after = longest;
        self
    }

    /// How delays grow. Default [`BackoffShape::Exponential`].
    pub const fn backoff(mut self, shape: BackoffShape) -> Self {
        self.config.backoff = shape;
        self
    }

    /// How clients that failed together are spread. Default `Jitter::Ratio(0.1)`.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: a ratio outside 0..=1.
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        if let Jitter::Ratio(ratio) = jitter {
            assert!(ratio >= 0.0 && ratio <= 1.0, "`jitter` as a ratio must be between 0 and 1");
        }
        self.config.jitter = jitter;
        self
    }

    /// What events call the operation. Default `retry`; an attribute says the function's name.
    pub const fn operation(mut self, operation: &'static str) -> Self {
        self.operation = operation;
        self
    }

    /// The settings.
    pub const fn config(&self) -> &RetryConfig {
        &self.config
    }

    /// Begins a call. Reads no clock and rolls no dice.
    #[inline]
    pub const fn start(&self) -> RetryRun<'_> {
        RetryRun::new(&self.config, self.operation)
    }
}
