//! Calls that come by doors: breakers of one name, each with the circuit's word beside it.

use std::sync::OnceLock;

use loom::sync::atomic::{AtomicBool, AtomicU64};
use loom::thread;

use super::{
    CircuitState, OPENS_AT_ONCE, OPENS_AT_THE_SECOND, Ordering, admitted, circuit, every_order, joined,
};
use crate::policy::circuit_breaker::circuit::Circuit;
use crate::policy::circuit_breaker::door::{Door, Entrance as _};
use crate::policy::circuit_breaker::permit::Permit;
use crate::policy::circuit_breaker::word::Word;

/// As a breaker makes its own, where nobody has used it.
fn door() -> &'static Door {
    Box::leak(Box::new(Door {
        word: AtomicU64::new(Word::ASKS.0),
        circuit: OnceLock::new(),
        next: OnceLock::new(),
    }))
}

fn opened(circuit: &'static Circuit) -> &'static Door {
    let door = door();
    circuit.show_at(door);
    door
}

fn by(door: &'static Door) -> Permit<'static, &'static Door> {
    let mut permit = Permit::new(door, door.shown());
    assert!(permit.refused(std::time::Duration::ZERO).is_none(), "closed, as far as it goes");
    permit
}

/// Whatever a door shows, it is what the circuit shows, once nobody is about to change it.
fn agrees(door: &'static Door, circuit: &'static Circuit) {
    assert_eq!(door.shown(), circuit.shown());
}

/// A success that begins after a failure was told by another door is told, too: the row of failures ends.
pub fn a_success_by_another_door() {
    every_order(|| {
        let circuit = circuit(&OPENS_AT_THE_SECOND);
        let [one, other] = [(); 2].map(|()| opened(circuit));
        let told: &'static AtomicBool = Box::leak(Box::new(AtomicBool::new(false)));
        let fails = thread::spawn(move || {
            by(one).failure();
            told.store(true, Ordering::Release);
        });
        let succeeds = thread::spawn(move || {
            let is_later = told.load(Ordering::Acquire);
            by(other).success();
            is_later
        });
        let is_later = joined(succeeds);
        joined(fails);
        let failures = circuit.snapshot().consecutive_failures;
        assert!(failures == 0 || !is_later, "the success was lost");
        for door in [one, other] {
            agrees(door, circuit);
        }
    });
}

/// Failures by two doors trip it together, once, and both doors show it.
pub fn failures_by_two_doors() {
    every_order(|| {
        let circuit = circuit(&OPENS_AT_THE_SECOND);
        let doors = [(); 2].map(|()| opened(circuit));
        let threads = doors.map(|door| thread::spawn(move || by(door).failure()));
        threads.into_iter().for_each(joined);
        assert_eq!(circuit.state(), CircuitState::Open);
        for door in doors {
            agrees(door, circuit);
            assert!(Permit::new(door, door.shown()).refused(std::time::Duration::ZERO).is_some());
        }
    });
}

/// A door that opens while the circuit trips shows what the circuit shows.
pub fn a_door_that_opens_beside_a_trip() {
    every_order(|| {
        let circuit = circuit(&OPENS_AT_ONCE);
        let first = opened(circuit);
        let second = door();
        let opens = thread::spawn(move || circuit.show_at(second));
        admitted(circuit).failure();
        joined(opens);
        for door in [first, second] {
            agrees(door, circuit);
        }
        assert_eq!(circuit.state(), CircuitState::Open);
    });
}
