//! The circuits of one name by their keys, as threads share them. Which of them are remembered is decided
//! in `places`; who asks for them, one file up.

use std::any::TypeId;
use std::fmt;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::panic::Location;
use std::sync::Arc;

use super::places::{Entry, Full, Places};
use crate::clock;
use crate::event;
use crate::policy::circuit_breaker::circuit::{Circuit, is_due};
use crate::policy::circuit_breaker::settings::Settings;
use crate::sync::{AtomicU64, Mutex, lock};

/// Keys of circuits: whatever can be compared, hashed and owned. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "a circuit breaker finds circuits by their key, and `{Self}` cannot be one",
    label = "not `Hash + Eq + Clone + Send + Sync + 'static`",
    note = "name what identifies the service and is `Hash + Eq`, as `key = client.host()` or `key = (tenant, region)`; a type of your own derives `Clone, PartialEq, Eq, Hash`"
)]
pub trait CircuitKey: Hash + Eq + ToOwned<Owned: Send + Sync + 'static> {}

#[diagnostic::do_not_recommend]
impl<Q: Hash + Eq + ToOwned<Owned: Send + Sync + 'static> + ?Sized> CircuitKey for Q {}

/// Borrows a key that an attribute names, unless it is a reference already.
#[doc(hidden)]
pub trait AsCircuitKey {
    /// The method call finds out by itself which of the two it is.
    fn as_circuit_key(&self) -> &Self {
        self
    }
}

impl<Q: ?Sized> AsCircuitKey for Q {}

/// The live circuits of one name.
pub(crate) struct KeyedCircuits {
    pub(crate) name: &'static str,
    pub(crate) settings: Settings,
    pub(crate) max_keys: u32,
    /// Where the settings were written.
    pub(crate) place: &'static Location<'static>,
    /// Keys come from outside, and whoever chooses them must not be able to choose their hashes, too.
    hasher: RandomState,
    places: Mutex<Places>,
    /// When the next key without a place is told as an event.
    next_report: AtomicU64,
}

impl fmt::Debug for KeyedCircuits {
    /// Without the keys: they are made of arguments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedCircuits").field("name", &self.name).finish_non_exhaustive()
    }
}

impl KeyedCircuits {
    pub(crate) fn new(
        name: &'static str,
        settings: Settings,
        max_keys: u32,
        place: &'static Location<'static>,
    ) -> Self {
        Self {
            name,
            settings,
            max_keys,
            place,
            hasher: RandomState::new(),
            places: Mutex::default(),
            next_report: AtomicU64::new(0),
        }
    }

    /// How many circuits are remembered, and how much room there is for them.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        lock(&self.places).size()
    }

    /// The circuit of a key. The key's own code (`hash`, `==`, `to_owned`, `drop`) runs under no lock, so
    /// what it was compared with may change meanwhile; then it is compared again.
    pub(crate) fn of<Q: CircuitKey + ?Sized>(&'static self, key: &Q) -> Arc<Entry> {
        let hash = self.hasher.hash_one((TypeId::of::<Q::Owned>(), key));
        let mut made = None;
        loop {
            let seen = match self.find(hash, key) {
                Ok(found) => return found,
                Err(seen) => seen,
            };
            let new = made.get_or_insert_with(|| {
                let circuit = Circuit::new(self.name, &self.settings, self.place);
                Arc::new(Entry::new(hash, key.to_owned(), circuit))
            });
            if self.keep(new, seen) {
                return Arc::clone(new);
            }
        }
    }

    /// The circuit of a key; or the changes up to which there is none.
    fn find<Q: CircuitKey + ?Sized>(&self, hash: u64, key: &Q) -> Result<Arc<Entry>, u64> {
        let mut seen = None;
        let mut number = 0;
        loop {
            let places = lock(&self.places);
            let seen = *seen.get_or_insert(places.changes());
            let candidate = places.candidate(hash, number);
            drop(places);
            match candidate {
                Some(candidate) if candidate.is_of(key) => {
                    candidate.note_use();
                    return Ok(candidate);
                }
                Some(_) => number += 1,
                None => return Err(seen),
            }
        }
    }

    /// Gives a new circuit a place, if one can be had. `false`: the places are not those that were seen.
    fn keep(&self, new: &Arc<Entry>, seen: u64) -> bool {
        let now = clock::now();
        let mut places = lock(&self.places);
        if places.changes() != seen {
            return false;
        }
        let max_keys = usize::try_from(self.max_keys).unwrap_or(usize::MAX);
        let gone = places.take(Arc::clone(new), max_keys, now);
        drop(places);
        match gone {
            // Not before the lock is released: the key in it is the user's.
            Ok(gone) => drop(gone),
            Err(Full) if is_due(&self.next_report, now) => event::circuit_keys_full(self.name, self.max_keys),
            Err(Full) => {}
        }
        true
    }
}
