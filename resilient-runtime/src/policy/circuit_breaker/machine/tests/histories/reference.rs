//! The rules of the contract in the plainest way: flat numbers, every ticket that was ever given, and
//! every call that ever counted. Which histories it lives through is chosen one file up.

use super::*;

#[derive(Clone, Copy)]
pub(super) struct Ticket {
    era: u64,
    /// `Some`: a probe, holding its place until then.
    expires: Option<u64>,
    pub(super) settled: bool,
}

pub(super) struct Reference {
    settings: Settings,
    pub(super) era: u64,
    state: &'static str,
    pub(super) failures: u32,
    successes: u32,
    /// When a call ended while this era was closed, whether it failed, and whether it was slow.
    calls: Vec<(u64, bool, bool)>,
    open_until: u64,
    period: u64,
    /// When a probe closed it.
    closed_at: Option<u64>,
    pub(super) tickets: Vec<Ticket>,
}

impl Reference {
    pub(super) fn new(settings: Settings) -> Self {
        let (calls, tickets) = (vec![], vec![]);
        let (era, failures, successes, open_until, period, closed_at) = (0, 0, 0, 0, 0, None);
        Self {
            settings,
            era,
            state: "closed",
            failures,
            successes,
            calls,
            open_until,
            period,
            closed_at,
            tickets,
        }
    }

    /// Changes the state by hand, or by the rules below.
    pub(super) fn go(&mut self, state: &'static str) {
        self.state = state;
        self.era += 1;
        (self.failures, self.successes, self.closed_at) = (0, 0, None);
        self.calls.clear();
    }

    pub(super) fn holding(&self, now: u64) -> Vec<u64> {
        let held = self.tickets.iter().filter(|ticket| ticket.era == self.era && !ticket.settled);
        held.filter_map(|ticket| ticket.expires).filter(|&expires| expires > now).collect()
    }

    pub(super) fn shown(&self, now: u64) -> CircuitState {
        match self.state {
            "open" if now < self.open_until => CircuitState::Open,
            "forced_open" => CircuitState::Open,
            "open" | "half_open" => CircuitState::HalfOpen,
            _ => CircuitState::Closed,
        }
    }

    pub(super) fn open_period(&self) -> Option<u64> {
        matches!(self.state, "open" | "half_open").then_some(self.period)
    }

    pub(super) fn wait(&self, now: u64) -> Option<u64> {
        match self.state {
            "open" if now < self.open_until => Some(self.open_until - now),
            "forced_open" => Some(nanos(self.settings.recovery_timeout)),
            "half_open" if self.holding(now).len() >= self.settings.half_open_max_calls as usize => {
                self.holding(now).into_iter().min().map(|expires| expires - now)
            }
            _ => None,
        }
    }

    pub(super) fn counts(&self, now: u64) -> Counts {
        let mut counts = Counts::default();
        let Some(rates) = self.settings.rates else { return counts };
        for (index, &(then, failed, slow)) in self.calls.iter().rev().enumerate() {
            let counted = match rates.window {
                Window::Calls(calls) => index < calls as usize,
                Window::Time(time) => now - then < nanos(time),
            };
            if counted {
                counts.calls += 1;
                counts.failures += u32::from(failed);
                counts.slow += u32::from(slow);
            }
        }
        counts
    }

    pub(super) fn admit(&mut self, now: u64, longest: Duration) -> Result<(), u64> {
        if self.state == "open" && now >= self.open_until {
            self.go("half_open");
        }
        if let Some(wait) = self.wait(now) {
            return Err(wait);
        }
        let probe_timeout =
            self.settings.probe_timeout.unwrap_or(self.settings.recovery_timeout.max(longest));
        let expires = (self.state == "half_open").then(|| now + nanos(probe_timeout));
        self.tickets.push(Ticket { era: self.era, expires, settled: false });
        Ok(())
    }

    /// Whether the report was in time to count.
    pub(super) fn settle(&mut self, ticket: usize, now: u64, verdict: Verdict, slow: bool) -> bool {
        let Ticket { era, expires, settled } = self.tickets[ticket];
        self.tickets[ticket].settled = true;
        let late = era != self.era || expires.is_some_and(|expires| expires <= now);
        if settled || late {
            return false;
        }
        if verdict != Verdict::Neutral {
            self.count(now, verdict == Verdict::Failure, slow);
        }
        true
    }

    fn count(&mut self, now: u64, failed: bool, slow: bool) {
        match self.state {
            "closed" => {
                self.calls.push((now, failed, slow));
                self.failures = if failed { self.failures + 1 } else { 0 };
                if self.trips(now) {
                    self.open(now);
                }
            }
            "half_open" if failed || slow => self.open(now),
            "half_open" => {
                self.successes += 1;
                if self.successes == self.settings.success_threshold {
                    self.go("closed");
                    self.closed_at = Some(now);
                }
            }
            _ => {}
        }
    }

    fn trips(&self, now: u64) -> bool {
        let counts = self.counts(now);
        let share = |part: u32| f64::from(part) / f64::from(counts.calls);
        let by_rate = self.settings.rates.is_some_and(|rates| {
            counts.calls >= rates.minimum_calls
                && (rates.failure.is_some_and(|rate| share(counts.failures) >= rate)
                    || rates.slow.is_some_and(|slow| share(counts.slow) >= slow.rate))
        });
        by_rate || Some(self.failures) == self.settings.failure_threshold
    }

    fn open(&mut self, now: u64) {
        let soon = self.closed_at.is_some_and(|closed_at| now - closed_at < self.period);
        self.period = if self.state == "half_open" || soon {
            (2 * self.period).min(nanos(self.settings.max_recovery_timeout))
        } else {
            nanos(self.settings.recovery_timeout)
        };
        self.go("open");
        self.open_until = now + self.period;
    }
}
