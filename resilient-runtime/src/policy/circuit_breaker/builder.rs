//! The settings of a `CircuitBreaker`, one `const` builder each. Which values they take is checked in
//! `check`, so that a mistake is reported where the builder is called.

use std::time::Duration;

use super::{CircuitBreaker, check};
use crate::window::Window;

impl CircuitBreaker {
    /// So many failures in a row open the circuit. Default 5, unless a [`failure_rate`](Self::failure_rate)
    /// is set, which takes its place.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero; beside `failure_rate`.
    #[must_use]
    #[track_caller]
    pub const fn failure_threshold(mut self, failures: u32) -> Self {
        self.written.failure_threshold = Some(check::failure_threshold(failures));
        self.checked()
    }

    /// The circuit opens when this share of the calls in its [`window`](Self::window) failed, from
    /// [`minimum_calls`](Self::minimum_calls) on. Judged at every call that ends, at exactly the rate.
    /// Default: failures in a row are counted instead, see [`failure_threshold`](Self::failure_threshold).
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: not above 0 and at most 1; beside
    /// `failure_threshold`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilient_runtime::{CircuitBreaker, Window};
    ///
    /// // Half of the calls of the last 10 s, and at least 20.
    /// static SEARCH: CircuitBreaker = CircuitBreaker::new("search-rate")
    ///     .failure_rate(0.5)
    ///     .window(Window::Time(Duration::from_secs(10)))
    ///     .minimum_calls(20);
    /// # assert_eq!(SEARCH.snapshot().failure_rate, None);
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn failure_rate(mut self, rate: f64) -> Self {
        self.written.failure_rate = Some(check::failure_rate(rate));
        self.checked()
    }

    /// The calls over which rates are taken. Default: the last 100, or as many as
    /// [`minimum_calls`](Self::minimum_calls) if those are more. Without a rate it does nothing.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: no calls or more than a million; no time; fewer
    /// calls than `minimum_calls`.
    #[must_use]
    #[track_caller]
    pub const fn window(mut self, window: Window) -> Self {
        self.written.window = Some(check::window(window));
        self.checked()
    }

    /// Rates say nothing before so many calls are in the window. Default 10, or the window if that is
    /// fewer calls. Without a rate it does nothing.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero; more calls than the `window` has.
    #[must_use]
    #[track_caller]
    pub const fn minimum_calls(mut self, calls: u32) -> Self {
        self.written.minimum_calls = Some(check::minimum_calls(calls));
        self.checked()
    }

    /// An admitted call that takes longer is slow, whether it succeeds or fails; see
    /// [`slow_call_rate`](Self::slow_call_rate), without which this does nothing. Every call then
    /// reads the clock, at its start and at its end.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    #[must_use]
    #[track_caller]
    pub const fn slow_call(mut self, longest: Duration) -> Self {
        self.written.slow_call = Some(check::slow_call(longest));
        self.checked()
    }

    /// The circuit opens when this share of the calls in its [`window`](Self::window) was slow, from
    /// [`minimum_calls`](Self::minimum_calls) on; beside whatever rule there is for failures. A slow
    /// probe opens it again. Without a [`slow_call`](Self::slow_call) no call is slow.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: not above 0 and at most 1.
    #[must_use]
    #[track_caller]
    pub const fn slow_call_rate(mut self, rate: f64) -> Self {
        self.written.slow_call_rate = Some(check::slow_call_rate(rate));
        self.checked()
    }

    /// The circuit stays open for so long; then it is half-open. Default 30 s.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero; above `max_recovery_timeout`.
    #[must_use]
    #[track_caller]
    pub const fn recovery_timeout(mut self, open: Duration) -> Self {
        self.written.recovery_timeout = Some(check::recovery_timeout(open));
        self.checked()
    }

    /// The open period doubles with every time in a row that the circuit opens, up to this: when a
    /// probe fails, and when the circuit opens again before it has been closed for as long as it was
    /// open. Once it has, the period is the [`recovery_timeout`](Self::recovery_timeout) again.
    /// Default: the recovery timeout, so that the period never grows; also where this is shorter than
    /// a recovery timeout that was not written.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero; below `recovery_timeout`.
    #[must_use]
    #[track_caller]
    pub const fn max_recovery_timeout(mut self, longest: Duration) -> Self {
        self.written.max_recovery_timeout = Some(check::max_recovery_timeout(longest));
        self.checked()
    }

    /// A probe that has not come back by then no longer holds its place, and its late result changes
    /// nothing. Default: the recovery timeout; below an attribute, as long as one call may take by the
    /// settings under it, if that is longer.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    #[must_use]
    #[track_caller]
    pub const fn probe_timeout(mut self, longest: Duration) -> Self {
        self.written.probe_timeout = Some(check::probe_timeout(longest));
        self.checked()
    }

    /// So many probes pass at once while half-open. Default 1.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    #[must_use]
    #[track_caller]
    pub const fn half_open_max_calls(mut self, probes: u32) -> Self {
        self.written.half_open_max_calls = Some(check::half_open_max_calls(probes));
        self.checked()
    }

    /// So many successful probes close the circuit again. Default 1.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    #[must_use]
    #[track_caller]
    pub const fn success_threshold(mut self, successes: u32) -> Self {
        self.written.success_threshold = Some(check::success_threshold(successes));
        self.checked()
    }

    /// Whichever of two settings that contradict each other is written second finds it out.
    #[track_caller]
    const fn checked(self) -> Self {
        check::together(&self.written);
        self
    }
}
