//! A circuit for each key (each host, each tenant) under one name and one set of settings. Which circuits
//! are remembered is decided in `places`, how threads share them in `circuits`; what each does, where all
//! circuits do it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{Circuit, CircuitBreaker, check, registry};
use crate::sync::OnceLock;

mod circuits;
mod places;
pub(super) use circuits::KeyedCircuits;
pub use circuits::{AsCircuitKey, CircuitKey};
use places::Entry;

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
    pub(super) breaker: CircuitBreaker,
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
        self.join().size()
    }

    #[cold]
    fn join(&self) -> &'static KeyedCircuits {
        let settings = self.breaker.written.settings();
        let made =
            KeyedCircuits::new(self.breaker.resolved_name(), settings, self.max_keys, self.breaker.place);
        let (circuits, ignored) = registry::join_keyed(made);
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
