//! What a setting may be, alone and beside the others: the builders ask here, and so does what attributes
//! write into `const` evaluation, where a panic is a compile error at the caller's line. The sentences are
//! the attribute's own, without the values that a `const fn` cannot print.

#![allow(clippy::missing_panics_doc)] // To panic is what they are for.

use std::time::Duration;

use super::RetryConfig;
use crate::backoff::{BackoffShape, Jitter};

/// 1..=100.
#[must_use]
#[track_caller]
pub const fn max_attempts(attempts: u32) -> u32 {
    assert!(
        attempts >= 1 && attempts <= RetryConfig::MOST_ATTEMPTS,
        "`max_attempts` takes a whole number from 1 to 100"
    );
    attempts
}

/// 0..=99.
#[must_use]
#[track_caller]
pub const fn max_retries(retries: u32) -> u32 {
    assert!(retries < RetryConfig::MOST_ATTEMPTS, "`max_retries` takes a whole number from 0 to 99");
    retries
}

/// Above zero.
#[must_use]
#[track_caller]
pub const fn base_delay(delay: Duration) -> Duration {
    assert!(
        !delay.is_zero(),
        "`base_delay` must be above zero: without a delay a struggling service is hammered\nif that is meant, write `backoff = none`"
    );
    delay
}

/// A number of at least 1.
#[must_use]
#[track_caller]
pub const fn multiplier(multiplier: f64) -> f64 {
    assert!(
        multiplier >= 1.0 && multiplier.is_finite(),
        "`multiplier` takes a number of at least 1: delays do not shrink"
    );
    multiplier
}

/// Above zero.
#[must_use]
#[track_caller]
pub const fn max_delay(delay: Duration) -> Duration {
    assert!(!delay.is_zero(), "`max_delay` must be above zero");
    delay
}

/// Above zero.
#[must_use]
#[track_caller]
pub const fn max_retry_after(longest: Duration) -> Duration {
    assert!(!longest.is_zero(), "`max_retry_after` must be above zero");
    longest
}

/// A ratio between 0 and 1.
#[must_use]
#[track_caller]
pub const fn jitter(jitter: Jitter) -> Jitter {
    if let Jitter::Ratio(ratio) = jitter {
        assert!(
            ratio >= 0.0 && ratio <= 1.0,
            "`jitter` takes a ratio from 0 to 1, `full`, `equal` or `none`"
        );
    }
    jitter
}

/// Above 0 and up to 10.
#[must_use]
#[track_caller]
pub const fn budget_ratio(ratio: f64) -> f64 {
    assert!(ratio > 0.0 && ratio <= 10.0, "`budget` takes a ratio above 0 and up to 10, or a `RetryBudget`");
    ratio
}

/// At least 1.
#[must_use]
#[track_caller]
pub const fn budget_min_retries(retries: u32) -> u32 {
    assert!(retries >= 1, "`min_retries` takes a whole number of at least 1");
    retries
}

/// The settings that were written out: a default contradicts nobody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written(u8);

impl Written {
    pub(super) const NOTHING: Self = Self(0);
    pub(super) const MAX_ATTEMPTS: Self = Self(1);
    pub(super) const MAX_RETRIES: Self = Self(1 << 1);
    pub(super) const BACKOFF: Self = Self(1 << 2);
    pub(super) const BASE_DELAY: Self = Self(1 << 3);
    pub(super) const MULTIPLIER: Self = Self(1 << 4);
    pub(super) const MAX_DELAY: Self = Self(1 << 5);
    pub(super) const JITTER: Self = Self(1 << 6);

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

/// Holds the settings that were written out against one another.
#[track_caller]
pub(super) const fn together(config: &RetryConfig, written: Written) {
    assert!(
        !written.has(Written::MAX_ATTEMPTS.and(Written::MAX_RETRIES)),
        "`max_retries` and `max_attempts` say the same (attempts are retries + 1)\nkeep one of them"
    );
    assert!(
        !written.has(Written::BASE_DELAY.and(Written::MAX_DELAY))
            || config.base_delay.as_nanos() <= config.max_delay.as_nanos(),
        "`max_delay` is below `base_delay`"
    );
    if !written.has(Written::BACKOFF) {
        return;
    }
    let grows = matches!(config.backoff, BackoffShape::Exponential);
    let waits = !matches!(config.backoff, BackoffShape::None);
    let spreads = waits && !matches!(config.backoff, BackoffShape::Decorrelated);
    assert!(
        grows || !written.has(Written::MULTIPLIER),
        "`multiplier` does nothing with this `backoff`: leave it out"
    );
    assert!(
        waits || !written.has(Written::BASE_DELAY),
        "`base_delay` does nothing with this `backoff`: leave it out"
    );
    assert!(
        waits || !written.has(Written::MAX_DELAY),
        "`max_delay` does nothing with this `backoff`: leave it out"
    );
    assert!(
        spreads || !written.has(Written::JITTER),
        "`jitter` does nothing with this `backoff`: leave it out"
    );
}
