//! The settings of a breaker, to be looked at: as they were written, with the defaults of what was left out.

use std::time::Duration;

use super::settings::{Settings, Written};
use super::{CircuitBreaker, KeyedCircuitBreaker};
use crate::window::Window;

/// When a breaker opens, for how long, and how it closes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CircuitSettings {
    /// The breaker's name.
    pub name: String,
    /// Failures in a row that open it. `None`: their rate does.
    pub failure_threshold: Option<u32>,
    /// The share of failures that opens it.
    pub failure_rate: Option<f64>,
    /// A call that takes longer is slow.
    pub slow_call: Option<Duration>,
    /// The share of slow calls that opens it.
    pub slow_call_rate: Option<f64>,
    /// What rates are taken over. `None`: there are none.
    pub window: Option<Window>,
    /// So many calls before a rate is judged.
    pub minimum_calls: Option<u32>,
    /// How long it stays open.
    pub recovery_timeout: Duration,
    /// Up to this long, when it trips again and again.
    pub max_recovery_timeout: Duration,
    /// Probes at once.
    pub half_open_max_calls: u32,
    /// Successful probes that close it.
    pub success_threshold: u32,
    /// How long a probe may hold its place. `None`: `recovery_timeout`, or as long as a call may take.
    pub probe_timeout: Option<Duration>,
    /// Whether each value of a key has a circuit of its own.
    pub is_keyed: bool,
    /// Whether it sees every attempt instead of every call.
    pub per_attempt: bool,
    /// Whether a call lasts until its stream ends.
    pub until_end: bool,
}

impl CircuitSettings {
    fn new(name: String, written: &Written, is_keyed: bool) -> Self {
        let Settings {
            failure_threshold,
            rates,
            recovery_timeout,
            max_recovery_timeout,
            probe_timeout,
            half_open_max_calls,
            success_threshold,
        } = written.settings();
        let slow = rates.and_then(|rates| rates.slow);
        Self {
            name,
            failure_threshold,
            failure_rate: rates.and_then(|rates| rates.failure),
            slow_call: slow.map(|slow| slow.call),
            slow_call_rate: slow.map(|slow| slow.rate),
            window: rates.map(|rates| rates.window),
            minimum_calls: rates.map(|rates| rates.minimum_calls),
            recovery_timeout,
            max_recovery_timeout,
            half_open_max_calls,
            success_threshold,
            probe_timeout,
            is_keyed,
            per_attempt: false,
            until_end: false,
        }
    }
}

impl CircuitBreaker {
    /// The settings, as they were written for this breaker.
    #[must_use]
    pub fn settings(&self) -> CircuitSettings {
        CircuitSettings::new(self.name_as_written().into_owned(), &self.written, false)
    }
}

impl KeyedCircuitBreaker {
    /// The settings of each of its circuits, as they were written for this breaker.
    #[must_use]
    pub fn settings(&self) -> CircuitSettings {
        let breaker = &self.breaker;
        CircuitSettings::new(breaker.name_as_written().into_owned(), &breaker.written, true)
    }
}
