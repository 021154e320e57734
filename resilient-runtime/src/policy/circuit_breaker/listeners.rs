//! Those who want to hear of circuits that change their state: functions that are registered for as long
//! as they are wanted. What they are told is put together in `news`.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::event;
use crate::policy::circuit_breaker::{Circuit, CircuitState};
use crate::sync::{StaticMutex, lock_static};

/// A circuit has changed its state. For each circuit the changes come in their order: where one leads to is
/// where the next comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CircuitChange {
    /// The circuit's name; circuits of one breaker with keys have one name.
    pub circuit: &'static str,
    /// What it was.
    pub from: CircuitState,
    /// What it is now.
    pub to: CircuitState,
    /// How long it opens for. `None`: it does not open, or was forced to.
    pub open_for: Option<Duration>,
}

/// A registered listener: it hears of changes until this is dropped.
#[must_use = "a listener hears nothing once this is dropped; `keep()` it for as long as the process lives"]
pub struct CircuitListener {
    number: u64,
}

struct Listener {
    number: u64,
    /// `None`: all circuits.
    circuit: Option<&'static str>,
    hears: Arc<dyn Fn(&CircuitChange) + Send + Sync>,
}

#[derive(Default)]
struct Listeners {
    last: u64,
    all: Vec<Listener>,
}

static LISTENERS: StaticMutex<Listeners> = StaticMutex::new(Listeners { last: 0, all: Vec::new() });

/// Calls `listener` whenever a circuit changes its state: those of attributes, of values, and of every key.
///
/// It is called after the change, on the thread that made it or on one that changes the same circuit at
/// that moment, and under no lock: it may ask, reset or use the circuit. What it does to the circuit it
/// hears of afterwards, as one change, if that leaves the circuit in another state. A listener that panics is told as an event (`listener_panicked`) and goes on hearing; its panic
/// does not reach the call that changed the circuit.
///
/// # Examples
///
/// ```
/// use std::sync::Mutex;
/// use resilient_runtime::{CircuitBreaker, on_circuit_change};
///
/// static SEARCH: CircuitBreaker = CircuitBreaker::new("search-heard");
/// static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());
///
/// let listener = on_circuit_change(|change| {
///     HEARD.lock().unwrap().push(format!("{}: {} -> {}", change.circuit, change.from, change.to));
/// });
/// SEARCH.force_open();
/// SEARCH.reset();
/// drop(listener);
/// SEARCH.force_open();
/// assert_eq!(*HEARD.lock().unwrap(), ["search-heard: closed -> open", "search-heard: open -> closed"]);
/// ```
pub fn on_circuit_change(listener: impl Fn(&CircuitChange) + Send + Sync + 'static) -> CircuitListener {
    register(None, Arc::new(listener))
}

impl Circuit {
    /// [`on_circuit_change`], for the circuits of this name.
    pub fn on_change(&self, listener: impl Fn(&CircuitChange) + Send + Sync + 'static) -> CircuitListener {
        register(Some(self.name()), Arc::new(listener))
    }
}

impl CircuitListener {
    /// Keeps the listener for as long as the process lives.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for CircuitListener {
    fn drop(&mut self) {
        let mut listeners = lock_static(&LISTENERS);
        let place = listeners.all.iter().position(|listener| listener.number == self.number);
        let gone = place.map(|place| listeners.all.remove(place));
        // What it holds is the user's, and is dropped under no lock.
        drop(listeners);
        drop(gone);
    }
}

impl fmt::Debug for CircuitListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitListener").finish_non_exhaustive()
    }
}

fn register(
    circuit: Option<&'static str>,
    hears: Arc<dyn Fn(&CircuitChange) + Send + Sync>,
) -> CircuitListener {
    let mut listeners = lock_static(&LISTENERS);
    listeners.last += 1;
    let number = listeners.last;
    listeners.all.push(Listener { number, circuit, hears });
    CircuitListener { number }
}

/// Each listener is called under no lock, in the order in which they were registered.
pub(super) fn tell(change: &CircuitChange) {
    let concerns = |listener: &&Listener| listener.circuit.is_none_or(|circuit| circuit == change.circuit);
    let listeners = lock_static(&LISTENERS);
    let hearing: Vec<_> = listeners.all.iter().filter(concerns).map(|l| Arc::clone(&l.hears)).collect();
    drop(listeners);
    for hears in hearing {
        // The call that changed the circuit is somebody else's.
        if catch_unwind(AssertUnwindSafe(|| hears(change))).is_err() {
            event::listener_panicked(change.circuit);
        }
    }
}
