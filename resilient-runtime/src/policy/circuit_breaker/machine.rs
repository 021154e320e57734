//! The circuit as a plain object: told what calls come to and when, it says who may pass. No clock, no
//! lock and no events here, so that histories can be replayed in a test.

use std::fmt;
use std::time::Duration;

use crate::clock::Moment;

/// What a circuit does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CircuitState {
    /// Calls pass.
    Closed,
    /// Calls are refused.
    Open,
    /// A few probes pass, to see whether the service is back.
    HalfOpen,
}

impl CircuitState {
    /// `closed`, `open` or `half_open`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

impl fmt::Display for CircuitState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The rules of one circuit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) failure_threshold: u32,
    pub(crate) recovery_timeout: Duration,
    pub(crate) half_open_max_calls: u32,
    pub(crate) success_threshold: u32,
    /// `None`: as long as the recovery timeout, or as the call may take if that is longer.
    pub(crate) probe_timeout: Option<Duration>,
}

impl Settings {
    pub(crate) const DEFAULT: Self = Self {
        failure_threshold: 5,
        recovery_timeout: Duration::from_secs(30),
        half_open_max_calls: 1,
        success_threshold: 1,
        probe_timeout: None,
    };

    /// How long a probe holds its place that may itself take up to `longest`.
    pub(super) fn hold(&self, longest: Duration) -> Duration {
        self.probe_timeout.unwrap_or(self.recovery_timeout.max(longest))
    }
}

/// What an admitted call shows when it reports back: a result counts only in the generation that
/// admitted it, and a probe's only while the probe holds its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    pub(crate) generation: u64,
    pub(crate) probe: Option<u64>,
}

/// A change of state that was just made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transition {
    Opened { failures: u32 },
    ForcedOpen,
    HalfOpened,
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Closed { failures: u32 },
    Open { until: Moment },
    HalfOpen { successes: u32, probes: Vec<Probe> },
    ForcedOpen,
    ForcedClosed,
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
    settings: Settings,
    generation: u64,
    phase: Phase,
    /// Probes ever let through; numbers them.
    probes: u64,
}

/// What a fast path may know of a machine without asking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Closed, and one more success changes nothing.
    Clean,
    /// Closed, with failures that a success would clear.
    Failing,
    /// Refusing at least until then.
    Refusing(Moment),
    /// Everything else: the machine must be asked.
    Ask,
}

impl Machine {
    pub(crate) const fn new(settings: Settings) -> Self {
        Self { settings, generation: 0, phase: Phase::Closed { failures: 0 }, probes: 0 }
    }

    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn standing(&self) -> Standing {
        match self.phase {
            Phase::Closed { failures: 0 } | Phase::ForcedClosed => Standing::Clean,
            Phase::Closed { .. } => Standing::Failing,
            Phase::Open { until } => Standing::Refusing(until),
            Phase::ForcedOpen => Standing::Refusing(Moment::MAX),
            Phase::HalfOpen { .. } => Standing::Ask,
        }
    }

    /// The state as a caller at `now` would meet it: an open circuit whose time has come is half-open.
    pub(crate) fn state(&self, now: Moment) -> CircuitState {
        match self.phase {
            Phase::Closed { .. } | Phase::ForcedClosed => CircuitState::Closed,
            Phase::Open { until } if now >= until => CircuitState::HalfOpen,
            Phase::Open { .. } | Phase::ForcedOpen => CircuitState::Open,
            Phase::HalfOpen { .. } => CircuitState::HalfOpen,
        }
    }

    /// Failures in a row, while closed.
    pub(crate) const fn failures(&self) -> u32 {
        match self.phase {
            Phase::Closed { failures } => failures,
            _ => 0,
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
            Phase::Closed { .. } | Phase::ForcedClosed => None,
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
            transition = Some(
                self.enter(Phase::HalfOpen { successes: 0, probes: Vec::new() }, Transition::HalfOpened),
            );
        }
        if let Some(wait) = self.retry_after(now) {
            return (Err(wait), transition);
        }
        let mut pass = Pass { generation: self.generation, probe: None };
        if let Phase::HalfOpen { probes, .. } = &mut self.phase {
            probes.retain(|probe| probe.expires > now);
            self.probes += 1;
            probes.push(Probe { number: self.probes, expires: now.after(self.settings.hold(longest)) });
            pass.probe = Some(self.probes);
        }
        (Ok(pass), transition)
    }

    /// An admitted call succeeded.
    pub(crate) fn succeed(&mut self, pass: Pass, now: Moment) -> Option<Transition> {
        if !self.settles(pass, now) {
            return None;
        }
        match &mut self.phase {
            Phase::Closed { failures } => *failures = 0,
            Phase::HalfOpen { successes, .. } => {
                *successes += 1;
                if *successes >= self.settings.success_threshold {
                    return Some(self.enter(Phase::Closed { failures: 0 }, Transition::Closed));
                }
            }
            Phase::Open { .. } | Phase::ForcedOpen | Phase::ForcedClosed => {}
        }
        None
    }

    /// An admitted call failed.
    pub(crate) fn fail(&mut self, pass: Pass, now: Moment) -> Option<Transition> {
        if !self.settles(pass, now) {
            return None;
        }
        let failures = match &mut self.phase {
            Phase::Closed { failures } => {
                *failures = failures.saturating_add(1);
                if *failures < self.settings.failure_threshold {
                    return None;
                }
                *failures
            }
            Phase::HalfOpen { .. } => 1,
            Phase::Open { .. } | Phase::ForcedOpen | Phase::ForcedClosed => return None,
        };
        let until = now.after(self.settings.recovery_timeout);
        Some(self.enter(Phase::Open { until }, Transition::Opened { failures }))
    }

    /// An admitted call ended without telling anything about the service: it was cancelled.
    pub(crate) fn release(&mut self, pass: Pass, now: Moment) {
        self.settles(pass, now);
    }

    /// As if newly made.
    pub(crate) fn reset(&mut self) -> Option<Transition> {
        let was_closed = matches!(self.phase, Phase::Closed { .. } | Phase::ForcedClosed);
        let transition = self.enter(Phase::Closed { failures: 0 }, Transition::Closed);
        Some(transition).filter(|_| !was_closed)
    }

    /// Refuses everything until reset.
    pub(crate) fn force_open(&mut self) -> Option<Transition> {
        let was_open = matches!(self.phase, Phase::Open { .. } | Phase::ForcedOpen);
        let transition = self.enter(Phase::ForcedOpen, Transition::ForcedOpen);
        Some(transition).filter(|_| !was_open)
    }

    /// Lets everything pass until reset.
    pub(crate) fn force_closed(&mut self) -> Option<Transition> {
        let was_closed = matches!(self.phase, Phase::Closed { .. } | Phase::ForcedClosed);
        let transition = self.enter(Phase::ForcedClosed, Transition::Closed);
        Some(transition).filter(|_| !was_closed)
    }

    /// Whether a result still counts; a probe that does gives its place back.
    fn settles(&mut self, pass: Pass, now: Moment) -> bool {
        if pass.generation != self.generation {
            return false;
        }
        match (&mut self.phase, pass.probe) {
            (Phase::HalfOpen { probes, .. }, Some(number)) => {
                let held = probes.iter().position(|probe| probe.number == number);
                held.is_some_and(|place| probes.swap_remove(place).expires > now)
            }
            (Phase::HalfOpen { .. }, None) => false,
            _ => true,
        }
    }

    fn enter(&mut self, phase: Phase, transition: Transition) -> Transition {
        self.phase = phase;
        self.generation += 1;
        transition
    }
}

#[cfg(test)]
mod tests;
