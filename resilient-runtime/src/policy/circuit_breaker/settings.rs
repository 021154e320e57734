//! The settings, as they were written and as a machine goes by them: here what was left out gets its
//! value. What may be written at all is checked in `check`; what it means is decided in `machine`.

use std::time::Duration;

use crate::window::{Counts, Window};

/// The settings of one breaker, as far as they were written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    pub(super) failure_threshold: Option<u32>,
    pub(super) failure_rate: Option<f64>,
    pub(super) window: Option<Window>,
    pub(super) minimum_calls: Option<u32>,
    pub(super) slow_call: Option<Duration>,
    pub(super) slow_call_rate: Option<f64>,
    pub(super) recovery_timeout: Option<Duration>,
    pub(super) max_recovery_timeout: Option<Duration>,
    pub(super) probe_timeout: Option<Duration>,
    pub(super) half_open_max_calls: Option<u32>,
    pub(super) success_threshold: Option<u32>,
}

/// The rules of one circuit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings {
    /// `None`: failures in a row do not matter, their rate does.
    pub(crate) failure_threshold: Option<u32>,
    /// `None`: no calls are counted.
    pub(crate) rates: Option<Rates>,
    pub(crate) recovery_timeout: Duration,
    /// Never below the recovery timeout.
    pub(crate) max_recovery_timeout: Duration,
    /// `None`: as long as the recovery timeout, or as the call may take if that is longer.
    pub(crate) probe_timeout: Option<Duration>,
    pub(crate) half_open_max_calls: u32,
    pub(crate) success_threshold: u32,
}

/// Which shares of the calls in a window open the circuit; at least one is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rates {
    pub(crate) failure: Option<f64>,
    pub(crate) slow: Option<Slow>,
    pub(crate) window: Window,
    /// Never above a window of calls.
    pub(crate) minimum_calls: u32,
}

/// From when on a call is slow, and which share of such calls is too many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slow {
    pub(crate) call: Duration,
    pub(crate) rate: f64,
}

impl Written {
    pub(super) const NOTHING: Self = Self {
        failure_threshold: None,
        failure_rate: None,
        window: None,
        minimum_calls: None,
        slow_call: None,
        slow_call_rate: None,
        recovery_timeout: None,
        max_recovery_timeout: None,
        probe_timeout: None,
        half_open_max_calls: None,
        success_threshold: None,
    };

    /// What holds. What does nothing without another setting does nothing; what a default would
    /// contradict moves the default.
    pub(super) fn settings(&self) -> Settings {
        let consecutive = self.failure_rate.is_none().then_some(5);
        let recovery_timeout = self.recovery_timeout.unwrap_or(Duration::from_secs(30));
        Settings {
            failure_threshold: self.failure_threshold.or(consecutive),
            rates: self.rates(),
            recovery_timeout,
            max_recovery_timeout: self.max_recovery_timeout.unwrap_or_default().max(recovery_timeout),
            probe_timeout: self.probe_timeout,
            half_open_max_calls: self.half_open_max_calls.unwrap_or(1),
            success_threshold: self.success_threshold.unwrap_or(1),
        }
    }

    fn rates(&self) -> Option<Rates> {
        let slow = self.slow_call.zip(self.slow_call_rate).map(|(call, rate)| Slow { call, rate });
        if self.failure_rate.is_none() && slow.is_none() {
            return None;
        }
        let minimum_calls = self.minimum_calls.unwrap_or(10);
        let window = self.window.unwrap_or(Window::Calls(minimum_calls.clamp(100, Window::MAX_CALLS)));
        let minimum_calls = match window {
            Window::Calls(calls) => minimum_calls.min(calls),
            Window::Time(_) => minimum_calls,
        };
        Some(Rates { failure: self.failure_rate, slow, window, minimum_calls })
    }
}

impl Settings {
    /// How long a probe holds its place that may itself take up to `longest`.
    pub(super) fn hold(&self, longest: Duration) -> Duration {
        self.probe_timeout.unwrap_or(self.recovery_timeout.max(longest))
    }

    /// A call that takes more nanoseconds is slow. `MAX`: none is.
    pub(super) fn slow_above(&self) -> u64 {
        self.slow().map_or(u64::MAX, |slow| u64::try_from(slow.call.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(super) fn slow(&self) -> Option<Slow> {
        self.rates.and_then(|rates| rates.slow)
    }
}

impl Rates {
    pub(super) fn too_many_failures(&self, counts: Counts) -> bool {
        self.reached(counts, counts.failure_rate(), self.failure)
    }

    pub(super) fn too_many_slow_calls(&self, counts: Counts) -> bool {
        self.reached(counts, counts.slow_call_rate(), self.slow.map(|slow| slow.rate))
    }

    fn reached(&self, counts: Counts, share: Option<f64>, limit: Option<f64>) -> bool {
        counts.calls >= self.minimum_calls && share.zip(limit).is_some_and(|(share, limit)| share >= limit)
    }
}
