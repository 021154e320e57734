//! Changes of state on their way to those who listen: `tracing` and the listeners that were registered.
//! They are told one after the other, in the order in which they happened, and under no lock. What a listener
//! does to the circuit while it listens is told afterwards, as one change: so one that forces and resets the
//! circuit whatever it hears comes to an end. What a change means is decided in `machine`.

use std::collections::VecDeque;
use std::thread::{self, ThreadId};

use super::CircuitState;
use super::circuit::Circuit;
use super::listeners::{self, CircuitChange};
use super::machine::{Cause, Transition};
use crate::event;

/// The changes of one circuit that are yet to be told.
#[derive(Debug)]
pub(super) struct News {
    waiting: VecDeque<Change>,
    /// The thread that is telling, and will tell what is waiting, too.
    teller: Option<ThreadId>,
    /// What the last change led to.
    state: CircuitState,
}

/// A change of state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    from: CircuitState,
    to: CircuitState,
    transition: Transition,
    /// Made by a listener, while it was told of another.
    is_an_answer: bool,
}

impl News {
    pub(super) const fn new() -> Self {
        Self { waiting: VecDeque::new(), teller: None, state: CircuitState::Closed }
    }

    /// Takes a change up, and gives the one that the caller is to tell now: none where somebody tells
    /// already.
    pub(super) fn take_up(&mut self, transition: Transition) -> Option<Change> {
        let this_thread = thread::current().id();
        let is_an_answer = self.teller == Some(this_thread);
        let change = Change { from: self.state, to: transition.leads_to(), transition, is_an_answer };
        self.state = change.to;
        if self.teller.is_none() && self.waiting.is_empty() {
            self.teller = Some(this_thread);
            return Some(change);
        }
        match self.waiting.back_mut().filter(|last| last.is_an_answer && is_an_answer) {
            Some(last) if last.from == change.to => drop(self.waiting.pop_back()),
            Some(last) => *last = Change { from: last.from, ..change },
            None => self.waiting.push_back(change),
        }
        if self.teller.is_some() { None } else { self.next(this_thread) }
    }

    /// The next change to tell. Where there is none the telling ends.
    fn next(&mut self, teller: ThreadId) -> Option<Change> {
        let next = self.waiting.pop_front();
        self.teller = next.map(|_| teller);
        next
    }
}

impl Circuit {
    /// Tells of a change, and of all that happen meanwhile.
    pub(super) fn tell(&self, first: Change) {
        let mut next = Some(first);
        while let Some(change) = next {
            let telling = Telling(self);
            self.tell_one(change);
            std::mem::forget(telling);
            next = self.shared().news.next(thread::current().id());
        }
    }

    fn tell_one(&self, change: Change) {
        let name = self.name();
        let mut open_for = None;
        match change.transition {
            Transition::Opened { cause, period } => {
                let (reason, failures, counts) = match cause {
                    Cause::Failures(failures) => ("failure_threshold", failures, None),
                    Cause::FailureRate(counts) => ("failure_rate", counts.failures, Some(counts)),
                    Cause::SlowCallRate(counts) => ("slow_call_rate", counts.failures, Some(counts)),
                    Cause::FailedProbe => ("failed_probe", 1, None),
                    Cause::SlowProbe => ("slow_probe", 0, None),
                };
                event::circuit_open(name, failures, period, reason, counts);
                open_for = Some(period);
            }
            Transition::ForcedOpen => event::circuit_forced_open(name),
            Transition::HalfOpened => event::circuit_half_open(name),
            Transition::Closed => event::circuit_closed(name),
        }
        listeners::tell(&CircuitChange { circuit: name, from: change.from, to: change.to, open_for });
    }
}

/// A subscriber that panics ends the telling, not what is yet to be told: the next change tells that first.
struct Telling<'c>(&'c Circuit);

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.0.shared().news.teller = None;
    }
}
