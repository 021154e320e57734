//! What a setting may be: what attributes write into `const` evaluation asks here, where a panic is a
//! compile error at the caller's line. What the settings mean is decided in `cached`.

#![allow(clippy::missing_panics_doc, reason = "to panic is what they are for")]

use std::time::Duration;

/// Above zero.
#[must_use]
#[track_caller]
pub const fn capacity(entries: usize) -> usize {
    assert!(entries >= 1, "`capacity` takes a whole number of at least 1");
    entries
}

/// Above zero.
#[must_use]
#[track_caller]
pub const fn max_age(oldest: Duration) -> Duration {
    assert!(!oldest.is_zero(), "`max_age` must be above zero");
    oldest
}
