//! Where calls come to a circuit: the circuit itself, or a door to it, which is the circuit's word beside a
//! breaker that lives as long as the process, so that a call through a healthy circuit looks no further. What
//! the word says is the circuit's decision, and under its lock.

use std::time::Duration;

use super::word::Word;
use super::{Circuit, FailureKind, Verdict};
use crate::clock::Moment;
use crate::error::CircuitOpenError;
use crate::sync::{AtomicU64, OnceLock, Ordering};

/// The word of a circuit, where a breaker has it at hand.
#[derive(Debug)]
pub struct Door {
    /// Says "ask" until the circuit is known.
    pub(crate) word: AtomicU64,
    pub(crate) circuit: OnceLock<&'static Circuit>,
    /// Another door to it.
    pub(crate) next: OnceLock<&'static Door>,
}

impl Door {
    /// Leads to `circuit` from now on; `false`: it has led somewhere before.
    pub(super) fn leads_to(&self, circuit: &'static Circuit) -> bool {
        self.circuit.set(circuit).is_ok()
    }

    /// Puts this door before others. Done once: a door leads to one circuit.
    pub(super) fn before(&self, others: &'static Self) {
        let _ = self.next.set(others);
    }

    /// What the circuit shows now, here and at the doors behind this one.
    pub(super) fn show(&self, word: Word) {
        let mut door = Some(self);
        while let Some(shows) = door {
            shows.word.store(word.0, Ordering::SeqCst);
            door = shows.next.get().copied();
        }
    }
}

/// Where a call comes in. Handed on by value: whoever holds it need not be in memory.
#[doc(hidden)]
pub trait Entrance<'c>: Copy {
    /// What may be known without asking.
    fn shown(self) -> Shown;

    /// The circuit, to be asked and told. `None`: nobody has used it, so nobody was let through.
    fn circuit(self) -> Option<&'c Circuit>;

    /// See [`Circuit::ask`].
    #[cold]
    #[inline(never)]
    fn ask(self, Shown(word): Shown, longest: Duration) -> Result<(Shown, Began), CircuitOpenError> {
        match self.circuit() {
            Some(circuit) => circuit.ask(word, longest).map(|(word, began)| (Shown(word), Began(began))),
            None => Ok((Shown(word), Began(None))),
        }
    }

    /// See [`Circuit::settle`].
    #[cold]
    #[inline(never)]
    fn settle(self, Shown(word): Shown, Began(began): Began, verdict: Verdict, kind: FailureKind) {
        if let Some(circuit) = self.circuit() {
            circuit.settle(word, began, verdict, kind);
        }
    }

    /// See [`Circuit::give_back`].
    #[cold]
    #[inline(never)]
    fn give_back(self, Shown(word): Shown, Began(began): Began, is_running: bool) {
        if let Some(circuit) = self.circuit() {
            circuit.give_back(word, began, is_running);
        }
    }
}

/// A word, to those who do not read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(pub(super) Word);

/// When a call began, where it matters how long it takes; to those who do not read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Began(pub(super) Option<Moment>);

impl Shown {
    #[inline]
    pub(super) const fn is_quick(self) -> bool {
        self.0.is_quick()
    }
}

impl<'c> Entrance<'c> for &'c Circuit {
    #[inline]
    fn shown(self) -> Shown {
        Shown(self.word())
    }

    fn circuit(self) -> Option<&'c Circuit> {
        Some(self)
    }
}

impl Entrance<'static> for &'static Door {
    #[inline]
    fn shown(self) -> Shown {
        Shown(Word(self.word.load(Ordering::Relaxed)))
    }

    fn circuit(self) -> Option<&'static Circuit> {
        self.circuit.get().copied()
    }
}
