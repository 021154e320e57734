//! What can be seen of a circuit at one instant. Nothing is decided or changed here.

use std::time::Duration;

use super::{Circuit, CircuitState, FailureKind, Held};
use crate::clock;
use crate::sync::Ordering;

/// What [`Circuit::snapshot`] shows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CircuitSnapshot {
    /// The circuit's name.
    pub name: &'static str,
    /// Its state now.
    pub state: CircuitState,
    /// Why it is in that state, where its calls have no say.
    pub held: Option<Held>,
    /// What the last failure was that counted, since the circuit was made or reset.
    pub last_failure: Option<FailureKind>,
    /// Failures in a row, while it is closed.
    pub consecutive_failures: u32,
    /// Calls in the window now. Always zero where no rate is set, and while it is not closed.
    pub calls_in_window: u32,
    /// How many of them failed.
    pub failures_in_window: u32,
    /// How many of them were slow.
    pub slow_calls_in_window: u32,
    /// The share of the calls in the window that failed, from 0 to 1. `None`: there are none.
    pub failure_rate: Option<f64>,
    /// The share of the calls in the window that were slow, from 0 to 1. `None`: there are none.
    pub slow_call_rate: Option<f64>,
    /// Probes that were let through and have not come back.
    pub probes_in_flight: usize,
    /// Results that came too late to count, since the circuit was made: of calls that it had let through
    /// before its state changed, and of probes that had lost their place.
    pub stale_results: u64,
    /// Calls that were dropped before they came to a result, since the circuit was made. They count
    /// neither way.
    pub abandoned_calls: u64,
    /// How long the open period is that it is in, or that its probes come after. `None`: it is closed,
    /// or forced.
    pub open_period: Option<Duration>,
    /// How long a call would have to wait at the most; `None`: it would pass.
    pub retry_after: Option<Duration>,
}

impl Circuit {
    /// State and counts at one instant.
    #[must_use]
    pub fn snapshot(&self) -> CircuitSnapshot {
        let now = clock::now();
        let shared = self.shared();
        let machine = &shared.machine;
        let counts = machine.counts(now);
        CircuitSnapshot {
            name: self.name(),
            state: machine.state(now),
            held: machine.held(),
            last_failure: shared.last_failure,
            consecutive_failures: machine.failures(),
            calls_in_window: counts.calls,
            failures_in_window: counts.failures,
            slow_calls_in_window: counts.slow,
            failure_rate: counts.failure_rate(),
            slow_call_rate: counts.slow_call_rate(),
            probes_in_flight: machine.probes_in_flight(now),
            stale_results: shared.stale_results,
            abandoned_calls: self.abandoned.load(Ordering::Relaxed),
            open_period: machine.open_period(),
            retry_after: machine.retry_after(now),
        }
    }
}
