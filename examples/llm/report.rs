//! The numbers of a run: calls, scenes, totals. This is what the tests assert.
//! How they look on a terminal is the business of `screen.rs`.

use std::iter::Sum;
use std::time::Duration;

use super::calls::{Call, Mode, Outcome};

#[derive(Debug)]
pub(crate) struct CallReport {
    pub(crate) call: Call,
    /// Since the run started.
    pub(crate) ended: Duration,
    pub(crate) took: Duration,
    /// How often the model was asked; not at all if the circuit was open.
    pub(crate) attempts: usize,
    pub(crate) delays: Vec<Duration>,
    pub(crate) outcome: Outcome,
    /// The states that the circuit went through during the call, or the one that it stayed in.
    pub(crate) circuit: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct SceneReport {
    pub(crate) title: &'static str,
    /// The model server was dead throughout.
    pub(crate) dead: bool,
    pub(crate) calls: Vec<CallReport>,
    /// What the model server had to bear. Unknown of a server that is not ours.
    pub(crate) requests: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) mode: Mode,
    pub(crate) scenes: Vec<SceneReport>,
    pub(crate) took: Duration,
}

/// One line of the summary: a scene, or all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) calls: usize,
    pub(crate) succeeded: usize,
    pub(crate) degraded: usize,
    pub(crate) failed: usize,
    pub(crate) requests: Option<usize>,
    /// Spent inside the calls.
    pub(crate) time: Duration,
}

impl CallReport {
    /// The place of the result in the hierarchy full, degraded, cached, default, error.
    pub(crate) fn tier(&self) -> &str {
        match &self.outcome {
            Outcome::Succeeded(_) => "full",
            Outcome::Degraded { tier, .. } => tier,
            Outcome::Failed(_) => "error",
        }
    }
}

impl SceneReport {
    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals { calls: self.calls.len(), requests: self.requests, ..Totals::default() };
        for call in &self.calls {
            totals.time += call.took;
            match call.outcome {
                Outcome::Succeeded(_) => totals.succeeded += 1,
                Outcome::Degraded { .. } => totals.degraded += 1,
                Outcome::Failed(_) => totals.failed += 1,
            }
        }
        totals
    }
}

impl Summary {
    pub(crate) fn totals(&self) -> Totals {
        self.scenes.iter().map(SceneReport::totals).sum()
    }

    /// The totals of the time when the server was dead: here time and requests are wasted.
    pub(crate) fn outage(&self) -> Totals {
        self.scenes.iter().filter(|scene| scene.dead).map(SceneReport::totals).sum()
    }
}

impl Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(scenes: I) -> Self {
        scenes.fold(Self::default(), |sum, scene| Self {
            calls: sum.calls + scene.calls,
            succeeded: sum.succeeded + scene.succeeded,
            degraded: sum.degraded + scene.degraded,
            failed: sum.failed + scene.failed,
            requests: scene.requests.map(|requests| sum.requests.unwrap_or(0) + requests),
            time: sum.time + scene.time,
        })
    }
}
