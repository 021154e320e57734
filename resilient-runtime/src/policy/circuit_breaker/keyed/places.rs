//! A bounded number of places for circuits: where the circuit of a key is, and which one makes room for
//! another. No code of the user's runs here: keys are found by their hashes, and compared one file up.

use std::any::Any;
use std::borrow::Borrow as _;
use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use super::CircuitKey;
use crate::clock::Moment;
use crate::policy::circuit_breaker::circuit::Circuit;
use crate::policy::circuit_breaker::word::Word;
use crate::sync::{AtomicBool, Ordering};

/// A circuit and its key.
pub(crate) struct Entry {
    hash: u64,
    key: Box<dyn Any + Send + Sync>,
    pub(crate) circuit: Circuit,
    /// Since somebody last looked for a place here.
    used: AtomicBool,
}

/// How much a circuit would be missed that may be forgotten.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Missed {
    /// It is closed, and no call is running through it.
    Idle { used: bool },
    /// It is closed, and what calls come to would no longer count.
    InUse { used: bool },
    /// It would let a probe pass, but nobody comes. If such circuits were never forgotten, keys that are
    /// gone for good would take all places one by one.
    Unprobed { used: bool },
}

impl Entry {
    pub(super) fn new(hash: u64, key: impl Any + Send + Sync, circuit: Circuit) -> Self {
        Self { hash, key: Box::new(key), circuit, used: AtomicBool::new(false) }
    }

    /// Whether this is the key's. The hash finds it; type and value identify it.
    pub(super) fn is_of<Q: CircuitKey + ?Sized>(&self, key: &Q) -> bool {
        self.key.downcast_ref::<Q::Owned>().is_some_and(|own| own.borrow() == key)
    }

    /// Writes only where that changes something: threads that share the circuit share this, too.
    pub(super) fn note_use(&self) {
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
    }

    /// `None`: it must not be forgotten.
    fn missed(self: &Arc<Self>, now: Moment) -> Option<Missed> {
        let circuit = &self.circuit;
        let refuses = Word(circuit.word.load(Ordering::Relaxed)).standing() == Word::REFUSING;
        if refuses && Moment::from_nanos(circuit.refusing_until.load(Ordering::Relaxed)) > now {
            return None;
        }
        let shared = circuit.shared();
        let (is_closed, is_unprobed) = (shared.machine.is_closed(), shared.machine.awaits_probe(now));
        drop(shared);
        match (is_closed, Arc::strong_count(self)) {
            (true, 1) => Some(Missed::Idle { used: self.used.swap(false, Ordering::Relaxed) }),
            (true, _) => Some(Missed::InUse { used: self.used.load(Ordering::Relaxed) }),
            (false, _) if is_unprobed => Some(Missed::Unprobed { used: self.used.load(Ordering::Relaxed) }),
            (false, _) => None,
        }
    }
}

/// All places are taken by circuits that must not be forgotten.
pub(super) struct Full;

/// The circuits that are remembered.
#[derive(Default)]
pub(super) struct Places {
    entries: Vec<Arc<Entry>>,
    /// Hash and place of each; those of one hash stand together.
    index: BTreeSet<(u64, usize)>,
    /// Where to look first for one to forget.
    hand: usize,
    /// How often an entry has come or gone.
    changes: u64,
}

impl Places {
    pub(super) const fn changes(&self) -> u64 {
        self.changes
    }

    /// One of the entries with that hash: there may be several.
    pub(super) fn candidate(&self, hash: u64, number: usize) -> Option<Arc<Entry>> {
        let (_, place) = self.index.range((hash, 0)..=(hash, usize::MAX)).nth(number)?;
        self.entries.get(*place).map(Arc::clone)
    }

    /// Gives an entry a place, of at most so many, and hands out the one that made room for it.
    pub(super) fn take(
        &mut self,
        new: Arc<Entry>,
        max_keys: usize,
        now: Moment,
    ) -> Result<Option<Arc<Entry>>, Full> {
        let hash = new.hash;
        let (place, gone) = if self.entries.len() < max_keys {
            self.entries.push(new);
            (self.entries.len() - 1, None)
        } else {
            let place = self.least_missed(now).ok_or(Full)?;
            let gone = mem::replace(self.entries.get_mut(place).ok_or(Full)?, new);
            self.index.remove(&(gone.hash, place));
            (place, Some(gone))
        };
        self.index.insert((hash, place));
        self.changes += 1;
        Ok(gone)
    }

    /// Where the circuit is that would be missed least. Going round and passing over those that were used
    /// since the last time is as good as knowing when each was used, and costs their users nothing.
    fn least_missed(&mut self, now: Moment) -> Option<usize> {
        /// While somebody looks the others wait, so there is an end to it.
        const MOST_LOOKED_AT: usize = 4096;
        let mut least: Option<(Missed, usize)> = None;
        for _ in 0..self.entries.len().min(MOST_LOOKED_AT) {
            let here = self.hand;
            self.hand = self.after(here);
            let Some(missed) = self.entries.get(here).and_then(|entry| entry.missed(now)) else { continue };
            if missed == (Missed::Idle { used: false }) {
                return Some(here);
            }
            if least.is_none_or(|(least, _)| missed < least) {
                least = Some((missed, here));
            }
        }
        let (_, place) = least?;
        self.hand = self.after(place);
        Some(place)
    }

    /// How many are remembered, and how much room there is for them; the index has as many.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        assert_eq!(self.entries.len(), self.index.len());
        (self.entries.len(), self.entries.capacity())
    }

    fn after(&self, place: usize) -> usize {
        if place + 1 < self.entries.len() { place + 1 } else { 0 }
    }
}
