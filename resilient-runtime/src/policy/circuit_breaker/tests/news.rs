//! Listeners of changes, and in which order they hear of them: whatever threads do, and whatever listeners
//! do themselves. What events say is tested in `told`.

use std::sync::atomic::{AtomicU32, AtomicUsize};
use std::sync::{Arc, Barrier, mpsc};

use super::threads::{shared_clock, together};
use super::told::does_not_hang;
use super::*;
use crate::policy::circuit_breaker::{CircuitChange, CircuitListener, on_circuit_change};

/// What a listener has heard so far, as pairs of states.
type Heard = Arc<Mutex<Vec<(CircuitState, CircuitState)>>>;

const CLOSED: CircuitState = CircuitState::Closed;
const OPEN: CircuitState = CircuitState::Open;
const HALF_OPEN: CircuitState = CircuitState::HalfOpen;

fn listening(
    circuit: &Circuit,
    also: impl Fn(&CircuitChange) + Send + Sync + 'static,
) -> (Heard, CircuitListener) {
    let heard = Heard::default();
    let notes = Arc::clone(&heard);
    let listener = circuit.on_change(move |change| {
        lock(&notes).push((change.from, change.to));
        also(change);
    });
    (heard, listener)
}

/// Each change comes from where the one before led to, and the last led to where the circuit is.
fn is_a_chain(heard: &Heard, circuit: &Circuit) -> usize {
    let heard = lock(heard);
    let mut state = CLOSED;
    for (from, to) in heard.iter() {
        assert_eq!(*from, state, "{heard:?}");
        assert_ne!(from, to, "{heard:?}");
        state = *to;
    }
    assert_eq!(state, circuit.snapshot().state, "{heard:?}");
    heard.len()
}

#[test]
fn a_listener_hears_of_every_change_and_how_long_it_opens_for() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("w-every").failure_threshold(1).max_recovery_timeout(RECOVERY * 2);
    let periods = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&periods);
    let (heard, _listener) = listening(&breaker, move |change| {
        assert_eq!(change.circuit, "w-every");
        lock(&noted).push(change.open_for);
    });
    fail(&breaker);
    clock.advance(RECOVERY);
    fail(&breaker);
    clock.advance(RECOVERY * 2);
    succeed(&breaker);
    breaker.force_open();
    breaker.reset();
    let expected = [
        (CLOSED, OPEN),
        (OPEN, HALF_OPEN),
        (HALF_OPEN, OPEN),
        (OPEN, HALF_OPEN),
        (HALF_OPEN, CLOSED),
        (CLOSED, OPEN),
        (OPEN, CLOSED),
    ];
    assert_eq!(*lock(&heard), expected);
    let [first, second] = [RECOVERY, RECOVERY * 2].map(Some);
    assert_eq!(*lock(&periods), [first, None, second, None, None, None, None]);
}

#[test]
fn a_listener_hears_of_one_name_or_of_all_and_only_while_it_lives() {
    let (one, other) = (CircuitBreaker::new("w-one"), CircuitBreaker::new("w-other"));
    let hosts = CircuitBreaker::new("w-hosts").keyed();
    let (of_one, listener) = listening(&one, |_| {});
    let names = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&names);
    let all = on_circuit_change(move |change| {
        // Other tests run beside this one.
        if change.circuit.starts_with("w-o") || change.circuit == "w-hosts" {
            lock(&noted).push(change.circuit);
        }
    });
    one.force_open();
    other.force_open();
    hosts.of("a").force_open();
    drop(listener);
    one.reset();
    drop(all);
    other.reset();
    assert_eq!(lock(&of_one).len(), 1);
    assert_eq!(*lock(&names), ["w-one", "w-other", "w-hosts", "w-one"]);
}

#[test]
fn a_kept_listener_hears_for_ever() {
    static HEARD: AtomicU32 = AtomicU32::new(0);
    let breaker = CircuitBreaker::new("w-kept");
    let heard = |_: &CircuitChange| {
        HEARD.fetch_add(1, Ordering::Relaxed);
    };
    breaker.on_change(heard).keep();
    breaker.force_open();
    breaker.reset();
    assert_eq!(HEARD.load(Ordering::Relaxed), 2);
}

#[test]
fn what_a_listener_does_to_the_circuit_it_hears_of_afterwards() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("w-reentrant").failure_threshold(1);
    does_not_hang(|| {
        let depth = AtomicUsize::new(0);
        let (heard, _listener) = listening(&BREAKER, move |change| {
            assert_eq!(depth.fetch_add(1, Ordering::SeqCst), 0, "one after the other");
            assert_eq!(BREAKER.name(), change.circuit);
            // Until it has been closed for good.
            if change.to == OPEN && change.open_for.is_some() {
                assert_eq!(BREAKER.state(), OPEN);
                drop(BREAKER.enter());
                BREAKER.reset();
                BREAKER.force_open();
                BREAKER.reset();
            }
            assert_eq!(depth.fetch_sub(1, Ordering::SeqCst), 1);
        });
        fail(&BREAKER);
        assert_eq!(*lock(&heard), [(CLOSED, OPEN), (OPEN, CLOSED)], "all that it did is one change");
        assert_eq!(BREAKER.state(), CLOSED);
        succeed(&BREAKER);
    });
}

#[test]
fn a_listener_that_panics_disturbs_neither_the_call_nor_other_listeners() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("w-panics").failure_threshold(1);
    let panicking = breaker.on_change(|_| resume_unwind(Box::new("a listener's")));
    let (heard, _listener) = listening(&breaker, |_| {});
    let told = super::told::heard(|| {
        fail(&breaker);
        clock.advance(RECOVERY);
        succeed(&breaker);
    });
    let panics = told.iter().filter(|line| line.contains("event=\"listener_panicked\" circuit=\"w-panics\""));
    assert_eq!(panics.count(), 3, "{told:?}");
    assert_eq!(is_a_chain(&heard, &breaker), 3);
    drop(panicking);
    (0..100).for_each(|_| succeed(&breaker));
}

#[test]
fn a_subscriber_that_panics_keeps_no_change_from_being_told() {
    let breaker = CircuitBreaker::new("w-subscriber").failure_threshold(1);
    let (heard, _listener) = listening(&breaker, |_| {});
    let panics = || {
        super::told::heard_by(|_| resume_unwind(Box::new("subscriber")), || fail(&breaker));
    };
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(lock(&heard).len(), 0, "the panic was its caller's");
    breaker.reset();
    breaker.force_open();
    assert_eq!(*lock(&heard), [(OPEN, CLOSED), (CLOSED, OPEN)]);
}

#[test]
fn a_slow_listener_makes_nobody_wait_and_still_hears_everything_in_order() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("w-slow").failure_threshold(1);
    does_not_hang(|| {
        let (tells, is_told) = mpsc::channel();
        let gate = Arc::new(Barrier::new(2));
        let (its_gate, first) = (Arc::clone(&gate), AtomicU32::new(0));
        let tells = Mutex::new(tells);
        let (heard, _listener) = listening(&BREAKER, move |_| {
            if first.fetch_add(1, Ordering::SeqCst) == 0 {
                lock(&tells).send(()).unwrap();
                its_gate.wait();
            }
        });
        std::thread::scope(|scope| {
            scope.spawn(|| fail(&BREAKER));
            is_told.recv().unwrap();
            // The listener is in the middle of the first change; these return at once.
            BREAKER.reset();
            BREAKER.force_open();
            BREAKER.reset();
            succeed(&BREAKER);
            assert_eq!(lock(&heard).len(), 1);
            gate.wait();
        });
        assert_eq!(is_a_chain(&heard, &BREAKER), 4);
    });
}

#[test]
fn changes_that_threads_make_at_once_are_a_chain() {
    let clock = shared_clock();
    let breaker = CircuitBreaker::new("w-chain").failure_threshold(1).half_open_max_calls(2);
    let (heard, _listener) = listening(&breaker, |_| {});
    for round in 0..20 {
        together(8, &clock, |thread| {
            for turn in 0..50 {
                match (thread + turn + round) % 8 {
                    0 => breaker.reset(),
                    1 => breaker.force_open(),
                    2 => breaker.force_closed(),
                    3 => clock.advance(RECOVERY),
                    4 => drop(breaker.enter()),
                    5 => drop(breaker.call(|| Ok::<_, Failure>(()))),
                    _ => drop(breaker.call(|| Err::<(), _>(Failure::Down))),
                }
            }
        });
        is_a_chain(&heard, &breaker);
    }
    assert!(lock(&heard).len() > 1000, "{}", lock(&heard).len());
}

#[test]
fn failures_that_trip_it_together_are_told_as_one_change() {
    const ROUNDS: usize = 10_000;

    let clock = shared_clock();
    let breaker = CircuitBreaker::new("w-trip").failure_threshold(5);
    let (heard, _listener) = listening(&breaker, |_| {});
    for _ in 0..ROUNDS {
        together(5, &clock, |_| fail(&breaker));
        assert_eq!(breaker.state(), OPEN);
        breaker.reset();
    }
    assert_eq!(is_a_chain(&heard, &breaker), 2 * ROUNDS);
}
