//! What each setting may be. Every function takes a value and gives it back; what makes no sense is a
//! panic at the caller, and so a compile error where the compiler evaluates it. The same rules serve
//! the builders and the attribute; what a setting does is decided in `machine`.

#![allow(clippy::missing_panics_doc, reason = "to panic is what they are for")]

use std::time::Duration;

use super::settings::Written;
use crate::window::Window;

/// Failures in a row.
#[must_use]
#[track_caller]
pub const fn failure_threshold(failures: u32) -> u32 {
    assert!(failures >= 1, "`failure_threshold` takes a whole number of at least 1");
    failures
}

/// A share of failures.
#[must_use]
#[track_caller]
pub const fn failure_rate(rate: f64) -> f64 {
    assert!(
        rate > 0.0 && rate <= 1.0,
        "`failure_rate` takes a share above 0 and up to 1: `0.5` is half of the calls"
    );
    rate
}

/// The calls over which rates are taken.
#[must_use]
#[track_caller]
pub const fn window(window: Window) -> Window {
    match window {
        Window::Calls(calls) => {
            assert!(calls >= 1, "`window` takes a whole number from 1 to 1000000");
            assert!(calls <= Window::MAX_CALLS, "`window` takes a whole number from 1 to 1000000");
        }
        Window::Time(time) => assert!(!time.is_zero(), "`window` must be above zero"),
    }
    window
}

/// Calls before a rate says anything.
#[must_use]
#[track_caller]
pub const fn minimum_calls(calls: u32) -> u32 {
    assert!(calls >= 1, "`minimum_calls` takes a whole number of at least 1");
    calls
}

/// Above this a call is slow.
#[must_use]
#[track_caller]
pub const fn slow_call(longest: Duration) -> Duration {
    assert!(!longest.is_zero(), "`slow_call` must be above zero");
    longest
}

/// A share of slow calls.
#[must_use]
#[track_caller]
pub const fn slow_call_rate(rate: f64) -> f64 {
    assert!(
        rate > 0.0 && rate <= 1.0,
        "`slow_call_rate` takes a share above 0 and up to 1: `0.5` is half of the calls"
    );
    rate
}

/// The open period.
#[must_use]
#[track_caller]
pub const fn recovery_timeout(open: Duration) -> Duration {
    assert!(!open.is_zero(), "`recovery_timeout` must be above zero");
    open
}

/// The longest open period.
#[must_use]
#[track_caller]
pub const fn max_recovery_timeout(longest: Duration) -> Duration {
    assert!(!longest.is_zero(), "`max_recovery_timeout` must be above zero");
    longest
}

/// How long a probe holds its place.
#[must_use]
#[track_caller]
pub const fn probe_timeout(longest: Duration) -> Duration {
    assert!(!longest.is_zero(), "`probe_timeout` must be above zero");
    longest
}

/// Probes at once.
#[must_use]
#[track_caller]
pub const fn half_open_max_calls(probes: u32) -> u32 {
    assert!(probes >= 1, "`half_open_max_calls` takes a whole number of at least 1");
    probes
}

/// Successful probes.
#[must_use]
#[track_caller]
pub const fn success_threshold(successes: u32) -> u32 {
    assert!(successes >= 1, "`success_threshold` takes a whole number of at least 1");
    successes
}

/// Circuits that are remembered at once, one for each key.
#[must_use]
#[track_caller]
pub const fn max_keys(keys: u32) -> u32 {
    assert!(keys >= 1, "`max_keys` takes a whole number of at least 1");
    keys
}

/// Settings that contradict each other, among those that were written.
#[track_caller]
pub(super) const fn together(written: &Written) {
    assert!(
        written.failure_threshold.is_none() || written.failure_rate.is_none(),
        "`failure_threshold` and `failure_rate` are two rules for one decision\nkeep one of them"
    );
    if let (Some(minimum), Some(Window::Calls(window))) = (written.minimum_calls, written.window) {
        assert!(minimum <= window, "`minimum_calls` is above the `window`, so the circuit could never open");
    }
    if let (Some(longest), Some(first)) = (written.max_recovery_timeout, written.recovery_timeout) {
        assert!(longest.as_nanos() >= first.as_nanos(), "`max_recovery_timeout` is below `recovery_timeout`");
    }
}
