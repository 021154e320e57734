//! The circuit as a plain object: told what calls come to and when, it says who may pass. No clock, no
//! lock and no events here, so that histories can be replayed in a test.

use std::sync::Arc;
use std::time::Duration;

use super::settings::Settings;
use super::state::{CircuitState, Held, Verdict};
pub(crate) use super::transition::{Cause, Transition};
use crate::clock::Moment;
use crate::successes::Successes;
use crate::window::{Call, Counts, Tally};

/// What an admitted call shows when it reports back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Of a closed circuit: the result counts in the generation that admitted it.
    Call { generation: u64 },
    /// Counts while it holds its place. A number is never given twice.
    Probe { number: u64 },
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It came too late to count.
    Stale,
    InTime(Option<Transition>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Closed { failures: u32 },
    Open { until: Moment },
    HalfOpen { successes: u32, probes: Vec<Probe> },
    ForcedOpen,
    ForcedClosed,
    Disabled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Probe {
    number: u64,
    /// When it stops holding its place.
    expires: Moment,
}

/// One circuit.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    settings: &'static Settings,
    generation: u64,
    phase: Phase,
    /// So many probes were ever let through.
    let_through: u64,
    /// The calls since it closed, where a rate asks for them.
    tally: Option<Tally>,
    /// How long it was open last.
    open_period: Duration,
    /// Until then another trip is one in a row: it has not been closed for as long as it was open.
    in_a_row_until: Moment,
}

/// What a fast path may know of a machine without asking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Closed, and one more success changes nothing.
    Clean,
    /// Closed, and one more success is counted apart; see [`Machine::apart`].
    Apart,
    /// Closed, with counts that a success would change.
    Counting,
    /// Refusing at least until then.
    Refusing(Moment),
    /// Everything else: the machine must be asked.
    Ask,
}

impl Machine {
    pub(crate) fn new(settings: &'static Settings) -> Self {
        Self {
            settings,
            generation: 0,
            phase: Phase::Closed { failures: 0 },
            let_through: 0,
            tally: settings.rates.map(|rates| Tally::new(rates.window)),
            open_period: Duration::ZERO,
            in_a_row_until: Moment::from_nanos(0),
        }
    }

    /// Where successes are counted while there is nothing else to count.
    pub(crate) fn apart(&self) -> Option<Arc<Successes>> {
        self.tally.as_ref()?.apart().map(Arc::clone)
    }

    /// Looks again whether the window says that it is to open: it may have been counted apart meanwhile.
    pub(crate) fn judge(&mut self, now: Moment) -> Option<Transition> {
        let Phase::Closed { .. } = self.phase else { return None };
        let cause = self.too_much(now)?;
        Some(self.open(cause, now))
    }

    pub(crate) const fn settings(&self) -> &'static Settings {
        self.settings
    }

    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn standing(&self) -> Standing {
        match self.phase {
            Phase::Closed { failures: 0 } if self.tally.as_ref().is_none_or(Tally::is_full_of_successes) => {
                Standing::Clean
            }
            Phase::Closed { failures: 0 } if self.tally.as_ref().is_some_and(Tally::has_successes_only) => {
                Standing::Apart
            }
            Phase::Closed { .. } => Standing::Counting,
            Phase::ForcedClosed | Phase::Disabled => Standing::Clean,
            Phase::Open { until } => Standing::Refusing(until),
            Phase::ForcedOpen => Standing::Refusing(Moment::MAX),
            Phase::HalfOpen { .. } => Standing::Ask,
        }
    }

    /// The state as a caller at `now` would meet it: an open circuit whose time has come is half-open.
    pub(crate) fn state(&self, now: Moment) -> CircuitState {
        match self.phase {
            Phase::Closed { .. } | Phase::ForcedClosed | Phase::Disabled => CircuitState::Closed,
            Phase::Open { until } if now >= until => CircuitState::HalfOpen,
            Phase::Open { .. } | Phase::ForcedOpen => CircuitState::Open,
            Phase::HalfOpen { .. } => CircuitState::HalfOpen,
        }
    }

    /// Whether it is closed by itself. That is worth little: a new one lets the same calls pass.
    pub(crate) const fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed { .. })
    }

    /// Whether it would let a probe pass, and none is out.
    pub(crate) fn awaits_probe(&self, now: Moment) -> bool {
        self.state(now) == CircuitState::HalfOpen && self.probes_in_flight(now) == 0
    }

    /// Failures in a row, while closed.
    pub(crate) const fn failures(&self) -> u32 {
        match self.phase {
            Phase::Closed { failures } => failures,
            _ => 0,
        }
    }

    /// The calls in the window at `now`, while closed.
    pub(crate) fn counts(&self, now: Moment) -> Counts {
        self.tally.as_ref().map(|tally| tally.counts(now)).unwrap_or_default()
    }

    /// How long the open period is that it is in, or was in before its probes.
    pub(crate) const fn open_period(&self) -> Option<Duration> {
        match self.phase {
            Phase::Open { .. } | Phase::HalfOpen { .. } => Some(self.open_period),
            _ => None,
        }
    }

    /// Probes that hold a place at `now`.
    pub(crate) fn probes_in_flight(&self, now: Moment) -> usize {
        match &self.phase {
            Phase::HalfOpen { probes, .. } => probes.iter().filter(|p| p.expires > now).count(),
            _ => 0,
        }
    }

    /// How long a call at `now` would have to wait, at the most, before it may pass.
    pub(crate) fn retry_after(&self, now: Moment) -> Option<Duration> {
        match &self.phase {
            Phase::Closed { .. } | Phase::ForcedClosed | Phase::Disabled => None,
            Phase::Open { until } => Some(until.since(now)).filter(|wait| !wait.is_zero()),
            Phase::HalfOpen { probes, .. } if probes.len() < self.places() => None,
            Phase::HalfOpen { probes, .. } => {
                probes.iter().map(|probe| probe.expires.since(now)).min().filter(|wait| !wait.is_zero())
            }
            Phase::ForcedOpen => Some(self.settings.recovery_timeout),
        }
    }

    fn places(&self) -> usize {
        usize::try_from(self.settings.half_open_max_calls).unwrap_or(usize::MAX)
    }

    /// Lets a call through, or says how long it has to wait at the most. `longest` is how long the call
    /// may take by its own settings: as a probe it holds its place for that long, unless a probe timeout
    /// was set.
    pub(crate) fn admit(
        &mut self,
        now: Moment,
        longest: Duration,
    ) -> (Result<Pass, Duration>, Option<Transition>) {
        let mut transition = None;
        if matches!(self.phase, Phase::Open { until } if now >= until) {
            let half_open = Phase::HalfOpen { successes: 0, probes: Vec::new() };
            transition = Some(self.enter(half_open, Transition::HalfOpened));
        }
        if let Some(wait) = self.retry_after(now) {
            return (Err(wait), transition);
        }
        let Phase::HalfOpen { probes, .. } = &mut self.phase else {
            return (Ok(Pass::Call { generation: self.generation }), transition);
        };
        probes.retain(|probe| probe.expires > now);
        self.let_through += 1;
        let number = self.let_through;
        probes.push(Probe { number, expires: now.after(self.settings.hold(longest)) });
        (Ok(Pass::Probe { number }), transition)
    }

    /// An admitted call ended, and was `slow` or not. Of one that was cancelled the verdict is neutral.
    pub(crate) fn settle(&mut self, pass: Pass, verdict: Verdict, slow: bool, now: Moment) -> Settled {
        if !self.settles(pass, now) {
            return Settled::Stale;
        }
        let failed = verdict == Verdict::Failure;
        Settled::InTime(match &mut self.phase {
            _ if verdict == Verdict::Neutral => None,
            Phase::Closed { .. } => self.count(Call { failed, slow }, now).map(|cause| self.open(cause, now)),
            Phase::HalfOpen { .. } if failed => Some(self.open(Cause::FailedProbe, now)),
            Phase::HalfOpen { .. } if slow => Some(self.open(Cause::SlowProbe, now)),
            Phase::HalfOpen { successes, .. } => {
                *successes += 1;
                (*successes >= self.settings.success_threshold).then(|| self.close(now))
            }
            Phase::Open { .. } | Phase::ForcedOpen | Phase::ForcedClosed | Phase::Disabled => None,
        })
    }

    /// Counts a call while closed, and says whether that opens the circuit.
    fn count(&mut self, call: Call, now: Moment) -> Option<Cause> {
        if let Phase::Closed { failures } = &mut self.phase {
            *failures = if call.failed { failures.saturating_add(1) } else { 0 };
            if self.settings.failure_threshold.is_some_and(|threshold| *failures >= threshold) {
                return Some(Cause::Failures(*failures));
            }
        }
        self.tally.as_mut()?.record(call, now);
        self.too_much(now)
    }

    /// Whether the window has more of failures or slow calls than it may.
    fn too_much(&self, now: Moment) -> Option<Cause> {
        let rates = self.settings.rates?;
        let counts = self.tally.as_ref()?.counts(now);
        if rates.too_many_failures(counts) {
            return Some(Cause::FailureRate(counts));
        }
        rates.too_many_slow_calls(counts).then_some(Cause::SlowCallRate(counts))
    }

    /// Opens for the recovery timeout, or for twice as long as the last time.
    fn open(&mut self, cause: Cause, now: Moment) -> Transition {
        let in_a_row = matches!(self.phase, Phase::HalfOpen { .. }) || now < self.in_a_row_until;
        self.open_period = if in_a_row {
            self.open_period.saturating_mul(2).min(self.settings.max_recovery_timeout)
        } else {
            self.settings.recovery_timeout
        };
        let period = self.open_period;
        self.enter(Phase::Open { until: now.after(period) }, Transition::Opened { cause, period })
    }

    fn close(&mut self, now: Moment) -> Transition {
        self.in_a_row_until = now.after(self.open_period);
        self.enter(Phase::Closed { failures: 0 }, Transition::Closed)
    }

    /// As if newly made.
    pub(crate) fn reset(&mut self) -> Option<Transition> {
        self.in_a_row_until = Moment::from_nanos(0);
        self.let_pass(Phase::Closed { failures: 0 })
    }

    /// Refuses everything until reset.
    pub(crate) fn force_open(&mut self) -> Option<Transition> {
        let was_open = matches!(self.phase, Phase::Open { .. } | Phase::ForcedOpen);
        let transition = self.enter(Phase::ForcedOpen, Transition::ForcedOpen);
        Some(transition).filter(|_| !was_open)
    }

    /// Lets everything pass until reset.
    pub(crate) fn force_closed(&mut self) -> Option<Transition> {
        self.let_pass(Phase::ForcedClosed)
    }

    /// Is no breaker until reset.
    pub(crate) fn disable(&mut self) -> Option<Transition> {
        self.let_pass(Phase::Disabled)
    }

    fn let_pass(&mut self, phase: Phase) -> Option<Transition> {
        let was_closed = matches!(self.phase, Phase::Closed { .. } | Phase::ForcedClosed | Phase::Disabled);
        let transition = self.enter(phase, Transition::Closed);
        Some(transition).filter(|_| !was_closed)
    }

    /// What holds it in its state, where that is not what its calls come to.
    pub(crate) const fn held(&self) -> Option<Held> {
        match self.phase {
            Phase::ForcedOpen => Some(Held::ForcedOpen),
            Phase::ForcedClosed => Some(Held::ForcedClosed),
            Phase::Disabled => Some(Held::Disabled),
            _ => None,
        }
    }

    /// Whether a result still counts; a probe that does gives its place back.
    fn settles(&mut self, pass: Pass, now: Moment) -> bool {
        match (&mut self.phase, pass) {
            (Phase::HalfOpen { probes, .. }, Pass::Probe { number }) => {
                let held = probes.iter().position(|probe| probe.number == number);
                held.is_some_and(|place| probes.swap_remove(place).expires > now)
            }
            (_, Pass::Probe { .. }) => false,
            (_, Pass::Call { generation }) => generation == self.generation,
        }
    }

    fn enter(&mut self, phase: Phase, transition: Transition) -> Transition {
        self.phase = phase;
        self.generation += 1;
        // What was counted belongs to the generation that counted it.
        if let Some(tally) = &mut self.tally {
            tally.clear(self.generation);
        }
        transition
    }
}

#[cfg(test)]
mod tests;
