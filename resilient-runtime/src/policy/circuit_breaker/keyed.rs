//! A circuit for each key (each host, each tenant) under one name and one set of settings. Which circuits
//! are remembered is decided in `places`; what each does, where all circuits do it.

use std::any::TypeId;
use std::fmt;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

use super::circuit::is_due;
use super::settings::Settings;
use super::{Circuit, CircuitBreaker, check, registry};
use crate::clock;
use crate::event;
use crate::sync::{AtomicU64, Mutex, OnceLock, lock};

mod places;
use places::{Entry, Full, Places};

/// A [`CircuitBreaker`] for many services at once: a circuit for each key, all of one name and with the
/// same settings. Made by [`CircuitBreaker::keyed`].
///
/// [`of`](Self::of) gives the circuit of a key; its first use makes it. Keys may be of any type, and of
/// several: equal keys of one (owned) type are one key. Breakers with keys that have one name share their
/// circuits, as breakers without do; the two kinds do not share, and
/// [`circuit`](crate::circuit) and [`circuits`](crate::circuits) know only circuits without a key.
///
/// # Memory
///
/// At most [`max_keys`](Self::max_keys) circuits are remembered. When there is no place for another key,
/// a closed one is forgotten: first those through which no call is running, and of them those that have not
/// been used of late. If its key comes back it gets a new one: that lets the same calls pass, and only
/// what was counted is lost.
///
/// Circuits that are open, half-open or forced are kept. Only where no closed one is left, one makes room
/// whose open period is over and that nobody has come to probe. If all must be kept, the key gets a
/// circuit that is not remembered: its calls pass as if there were no breaker, and a warning event
/// (`circuit_keys_full`) says so, once a second at the most.
///
/// # Examples
///
/// ```
/// use resilient_runtime::{CircuitBreaker, CircuitOpenError, CircuitState, KeyedCircuitBreaker};
///
/// static HOSTS: KeyedCircuitBreaker =
///     CircuitBreaker::new("hosts").failure_threshold(3).keyed().max_keys(10_000);
///
/// #[derive(Debug)]
/// enum FetchError { NoAnswer, Open(CircuitOpenError) }
/// impl From<CircuitOpenError> for FetchError {
///     fn from(error: CircuitOpenError) -> Self { Self::Open(error) }
/// }
///
/// fn fetch(host: &str) -> Result<u32, FetchError> {
///     HOSTS.of(host).call(|| if host == "down" { Err(FetchError::NoAnswer) } else { Ok(7) })
/// }
///
/// for _ in 0..3 {
///     assert!(matches!(fetch("down"), Err(FetchError::NoAnswer)));
/// }
/// assert!(matches!(fetch("down"), Err(FetchError::Open(_))));
/// assert!(matches!(fetch("up"), Ok(7)));
/// assert_eq!(HOSTS.of("down").state(), CircuitState::Open);
/// ```
#[derive(Debug)]
pub struct KeyedCircuitBreaker {
    breaker: CircuitBreaker,
    max_keys: u32,
    circuits: OnceLock<&'static KeyedCircuits>,
}

impl KeyedCircuitBreaker {
    pub(super) const fn new(breaker: CircuitBreaker) -> Self {
        Self { breaker, max_keys: 1024, circuits: OnceLock::new() }
    }

    /// So many circuits are remembered. Default 1024. Each has what the settings make it hold: a window of
    /// calls has a place for every call.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    #[must_use]
    #[track_caller]
    pub const fn max_keys(mut self, keys: u32) -> Self {
        self.max_keys = check::max_keys(keys);
        self
    }

    /// The circuit of `key`. The key is copied only when its circuit is made: where there is one,
    /// nothing is allocated.
    ///
    /// Ask anew for each call: a circuit that is held is not forgotten before those that nobody holds, but
    /// once it is, its holder and the key's next callers go separate ways.
    pub fn of<Q: CircuitKey + ?Sized>(&self, key: &Q) -> KeyedCircuit {
        let circuits = match self.circuits.get() {
            Some(circuits) => circuits,
            None => self.join(),
        };
        KeyedCircuit { entry: circuits.of(key) }
    }

    /// How many circuits are remembered, and how much room there is for them.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        lock(&self.join().places).size()
    }

    #[cold]
    fn join(&self) -> &'static KeyedCircuits {
        let (circuits, ignored) = registry::join_keyed(KeyedCircuits {
            name: self.breaker.resolved_name(),
            settings: self.breaker.written.settings(),
            max_keys: self.max_keys,
            place: self.breaker.place,
            hasher: RandomState::new(),
            places: Mutex::default(),
            next_report: AtomicU64::new(0),
        });
        // As for a breaker without keys: nothing may be held while somebody listens.
        if let (Ok(()), Some(ignored)) = (self.circuits.set(circuits), ignored) {
            registry::compare_keyed(circuits, &ignored);
        }
        circuits
    }
}

/// The circuit of one key; given by [`KeyedCircuitBreaker::of`]. It keeps working, for whoever holds it,
/// also when it is forgotten.
#[derive(Clone)]
pub struct KeyedCircuit {
    entry: Arc<Entry>,
}

impl Deref for KeyedCircuit {
    type Target = Circuit;

    #[inline]
    fn deref(&self) -> &Circuit {
        &self.entry.circuit
    }
}

impl fmt::Debug for KeyedCircuit {
    /// Without the key: it is made of arguments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedCircuit").field("circuit", &**self).finish_non_exhaustive()
    }
}

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
pub(super) struct KeyedCircuits {
    pub(super) name: &'static str,
    pub(super) settings: Settings,
    pub(super) max_keys: u32,
    /// Where the settings were written.
    pub(super) place: &'static Location<'static>,
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
    /// The circuit of a key. The key's own code (`hash`, `==`, `to_owned`, `drop`) runs under no lock, so
    /// what it was compared with may change meanwhile; then it is compared again.
    fn of<Q: CircuitKey + ?Sized>(&'static self, key: &Q) -> Arc<Entry> {
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
