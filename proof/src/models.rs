//! What threads do at once, and what must hold in whichever order they do it. Each model is a function that
//! runs it in every order that the locks and atomics of two or three threads allow.

use std::sync::Arc;
use std::time::Duration;

use loom::sync::atomic::AtomicBool;
use loom::thread::{self, JoinHandle};

use crate::clock;
use crate::error::CircuitOpenError;
use crate::policy::circuit_breaker::circuit::Circuit;
use crate::policy::circuit_breaker::listeners::CircuitListener;
use crate::policy::circuit_breaker::permit::Permit;
use crate::policy::circuit_breaker::settings::Settings;
use crate::policy::circuit_breaker::{CircuitState, Held};
use crate::sync::{Mutex, Ordering, lock};

pub mod doors;
pub mod keys;
pub mod windows;

const RECOVERY: Duration = Duration::from_secs(30);

/// Opens after one failure; one probe that holds its place for as long as the circuit was open.
const ONCE: Settings = Settings {
    failure_threshold: Some(1),
    rates: None,
    recovery_timeout: RECOVERY,
    max_recovery_timeout: RECOVERY,
    probe_timeout: None,
    half_open_max_calls: 1,
    success_threshold: 1,
};

static OPENS_AT_ONCE: Settings = ONCE;
static OPENS_AT_THE_SECOND: Settings = Settings { failure_threshold: Some(2), ..ONCE };
static TWO_PROBES: Settings = Settings { half_open_max_calls: 2, ..ONCE };
/// Without a bound: not even on how often a thread is interrupted.
fn every_order(model: impl Fn() + Sync + Send + 'static) {
    let mut checker = loom::model::Builder::new();
    checker.preemption_bound = None;
    // Of one run: a window of time alone has more than a hundred places that are read.
    checker.max_branches = 20_000;
    checker.check(move || {
        clock::start();
        model();
    });
}

thread_local! {
    /// Models run beside one another, each on a thread of its own: by this name each hears of its circuits.
    static NAME: &'static str = format!("{:?}", std::thread::current().id()).leak();
}

/// Lives on after the model; the checker knows nothing of its end.
fn circuit(settings: &'static Settings) -> &'static Circuit {
    let place = std::panic::Location::caller();
    Box::leak(Box::new(Circuit::new(NAME.with(|name| *name), settings, place)))
}

fn admitted(circuit: &'static Circuit) -> Permit<'static> {
    match circuit.enter() {
        Ok(permit) => permit,
        Err(refused) => unreachable!("{refused}"),
    }
}

/// Open, and its time has come.
fn expired(settings: &'static Settings) -> &'static Circuit {
    let circuit = circuit(settings);
    admitted(circuit).failure();
    assert_eq!(circuit.state(), CircuitState::Open);
    clock::advance(RECOVERY);
    circuit
}

type Entered = Result<Permit<'static>, CircuitOpenError>;

fn enters(circuit: &'static Circuit) -> JoinHandle<Entered> {
    thread::spawn(move || circuit.enter())
}

fn joined<T>(thread: JoinHandle<T>) -> T {
    match thread.join() {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// What is heard of a circuit.
struct Changes {
    /// A lock of the checker's: so that it tries every order in which they are told.
    heard: Arc<Mutex<Vec<(CircuitState, CircuitState)>>>,
    _listener: CircuitListener,
}

impl Changes {
    fn of(circuit: &Circuit) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        let listener = circuit.on_change(move |change| lock(&notes).push((change.from, change.to)));
        Self { heard, _listener: listener }
    }

    /// They follow one from another, and lead to where the circuit is. How many there are.
    fn chained(&self, from: CircuitState, circuit: &Circuit) -> usize {
        let heard = lock(&self.heard);
        let mut state = from;
        for change in heard.iter() {
            assert_eq!(change.0, state, "{heard:?}");
            assert_ne!(change.0, change.1, "{heard:?}");
            state = change.1;
        }
        assert_eq!(state, circuit.state(), "{heard:?}");
        heard.len()
    }
}

/// At the instant at which an open circuit lets probes pass, as many do as may, and one thread half-opens it.
pub fn probes_at_the_expiry_instant() {
    for (settings, places) in [(&OPENS_AT_ONCE, 1), (&TWO_PROBES, 2)] {
        every_order(move || {
            let circuit = expired(settings);
            let changes = Changes::of(circuit);
            let threads = [enters(circuit), enters(circuit)];
            let mut entered = vec![circuit.enter()];
            entered.extend(threads.map(joined));
            assert_eq!(entered.iter().filter(|entered| entered.is_ok()).count(), places);
            for refused in entered.iter().filter_map(|entered| entered.as_ref().err()) {
                assert!(!refused.retry_after.is_zero());
            }
            assert_eq!(circuit.snapshot().probes_in_flight, places);
            assert_eq!(changes.chained(CircuitState::Open, circuit), 1);
            drop(entered);
            assert_eq!(circuit.snapshot().probes_in_flight, 0);
        });
    }
}

/// Failures that together reach the threshold open the circuit, once.
pub fn failures_that_trip_it_together() {
    every_order(|| {
        let circuit = circuit(&OPENS_AT_THE_SECOND);
        let changes = Changes::of(circuit);
        let other = thread::spawn(move || admitted(circuit).failure());
        if let Ok(permit) = circuit.enter() {
            permit.failure();
        }
        joined(other);
        assert_eq!(circuit.state(), CircuitState::Open);
        assert_eq!(changes.chained(CircuitState::Closed, circuit), 1);
    });
}

/// A success that need not write is never one that should have ended a row of failures.
pub fn a_success_beside_a_failure() {
    every_order(|| {
        let circuit = circuit(&OPENS_AT_THE_SECOND);
        let other = thread::spawn(move || admitted(circuit).failure());
        admitted(circuit).success();
        joined(other);
        assert!(circuit.snapshot().consecutive_failures <= 1);
        admitted(circuit).success();
        assert_eq!(circuit.snapshot().consecutive_failures, 0, "whoever knows of the failure ends its row");
        admitted(circuit).failure();
        assert_eq!(circuit.state(), CircuitState::Closed);
        admitted(circuit).failure();
        assert_eq!(circuit.state(), CircuitState::Open);
    });
}

/// A result from before the trip changes nothing, whatever it is and however close it comes.
pub fn a_result_that_comes_late() {
    for late_fails in [false, true] {
        every_order(move || {
            let circuit = circuit(&OPENS_AT_ONCE);
            let changes = Changes::of(circuit);
            let (late, trips) = (admitted(circuit), admitted(circuit));
            let other = thread::spawn(move || if late_fails { late.failure() } else { late.success() });
            trips.failure();
            joined(other);
            assert_eq!(circuit.state(), CircuitState::Open);
            assert_eq!(circuit.snapshot().retry_after, Some(RECOVERY));
            assert_eq!(changes.chained(CircuitState::Closed, circuit), 1);
        });
    }
}

/// Nor does it change a circuit that has closed again, or is about to.
pub fn a_result_from_an_earlier_life() {
    for late_fails in [false, true] {
        every_order(move || {
            let circuit = circuit(&OPENS_AT_ONCE);
            let late = admitted(circuit);
            admitted(circuit).failure();
            clock::advance(RECOVERY);
            let changes = Changes::of(circuit);
            let probe = admitted(circuit);
            let other = thread::spawn(move || if late_fails { late.failure() } else { late.success() });
            probe.success();
            joined(other);
            assert_eq!(circuit.state(), CircuitState::Closed);
            assert_eq!(circuit.snapshot().consecutive_failures, 0);
            assert_eq!(changes.chained(CircuitState::Open, circuit), 2);
        });
    }
}

/// A probe that is dropped gives its place back to one other, not to two.
pub fn a_probe_that_is_dropped() {
    every_order(|| {
        let circuit = expired(&OPENS_AT_ONCE);
        let probe = admitted(circuit);
        let threads = [enters(circuit), enters(circuit)];
        drop(probe);
        let entered = threads.map(joined);
        let took_it = entered.iter().filter(|entered| entered.is_ok()).count();
        assert!(took_it <= 1);
        assert_eq!(circuit.snapshot().probes_in_flight, took_it);
        drop(entered);
        admitted(circuit).success();
        assert_eq!(circuit.state(), CircuitState::Closed);
    });
}

/// A probe that lost its place changes nothing, also beside the one that has it now.
pub fn a_probe_that_took_too_long() {
    for late_fails in [false, true] {
        every_order(move || {
            let circuit = expired(&OPENS_AT_ONCE);
            let late = admitted(circuit);
            clock::advance(RECOVERY);
            let other = thread::spawn(move || if late_fails { late.failure() } else { late.success() });
            let probe = admitted(circuit);
            joined(other);
            assert_eq!(circuit.state(), CircuitState::HalfOpen);
            assert_eq!(circuit.snapshot().probes_in_flight, 1);
            probe.success();
            assert_eq!(circuit.state(), CircuitState::Closed);
        });
    }
}

/// While a probe closes the circuit, another call is refused or passes as through a closed one.
pub fn a_probe_that_closes_it() {
    every_order(|| {
        let circuit = expired(&OPENS_AT_ONCE);
        let changes = Changes::of(circuit);
        let probe = admitted(circuit);
        let other = thread::spawn(move || circuit.enter().map(Permit::success).is_ok());
        probe.success();
        joined(other);
        assert_eq!(changes.chained(CircuitState::Open, circuit), 2);
        assert_eq!(circuit.state(), CircuitState::Closed);
        admitted(circuit).failure();
        assert_eq!(circuit.state(), CircuitState::Open, "it counts as a new one does");
    });
}

/// Who knows that a circuit was reset is not refused, by whatever it last saw of the open one.
pub fn a_reset_that_another_thread_knows_of() {
    every_order(|| {
        let circuit = circuit(&OPENS_AT_ONCE);
        admitted(circuit).failure();
        let known = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&known);
        let other = thread::spawn(move || {
            // Fills what it may remember of the open circuit.
            let before = circuit.enter().is_ok();
            let known = flag.load(Ordering::Acquire);
            (before, known, circuit.enter().is_ok())
        });
        circuit.reset();
        known.store(true, Ordering::Release);
        let (before, known, after) = joined(other);
        assert!(after || (!known && !before), "refused: {before} {known}");
    });
}

/// What somebody forces holds, and threads that change a circuit at once make one chain of changes.
pub fn commands_beside_calls() {
    every_order(|| {
        let circuit = circuit(&OPENS_AT_ONCE);
        let changes = Changes::of(circuit);
        let running = admitted(circuit);
        let other = thread::spawn(move || running.failure());
        circuit.force_open();
        joined(other);
        assert_eq!(circuit.snapshot().held, Some(Held::ForcedOpen));
        assert_eq!(changes.chained(CircuitState::Closed, circuit), 1);
    });
    every_order(|| {
        let circuit = circuit(&OPENS_AT_ONCE);
        let changes = Changes::of(circuit);
        let threads = [
            thread::spawn(move || circuit.force_open()),
            thread::spawn(move || {
                if let Ok(permit) = circuit.enter() {
                    permit.failure();
                }
            }),
        ];
        circuit.reset();
        let _: [(); 2] = threads.map(joined);
        assert!(changes.chained(CircuitState::Closed, circuit) <= 3);
    });
}
