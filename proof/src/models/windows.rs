//! Windows, whose successes are not written down, or each thread's by itself, while there is nothing else.

use std::time::Duration;

use loom::thread;

use super::{Changes, ONCE, RECOVERY, admitted, circuit, every_order, joined};
use crate::clock;
use crate::policy::circuit_breaker::CircuitState;
use crate::policy::circuit_breaker::circuit::Circuit;
use crate::policy::circuit_breaker::settings::{Rates, Settings};
use crate::window::Window;

static LAST_TWO: Settings = Settings {
    failure_threshold: None,
    rates: Some(Rates { failure: Some(1.0), slow: None, window: Window::Calls(2), minimum_calls: 2 }),
    ..ONCE
};

static LAST_SECONDS: Settings = Settings {
    failure_threshold: None,
    rates: Some(Rates {
        failure: Some(0.5),
        slow: None,
        window: Window::Time(Duration::from_secs(10)),
        minimum_calls: 2,
    }),
    ..ONCE
};

/// A full window without a failure is not written to; the failure that comes then finds all its successes.
pub fn a_failure_in_a_clean_window() {
    every_order(|| {
        let circuit = circuit(&LAST_TWO);
        (0..2).for_each(|_| admitted(circuit).success());
        let other = thread::spawn(move || admitted(circuit).failure());
        admitted(circuit).success();
        joined(other);
        let seen = circuit.snapshot();
        assert_eq!((seen.calls_in_window, seen.failures_in_window), (2, 1));
        (0..2).for_each(|_| admitted(circuit).success());
        assert_eq!(circuit.snapshot().failures_in_window, 0, "it has slid out");
        (0..2).for_each(|_| admitted(circuit).failure());
        assert_eq!(circuit.state(), CircuitState::Open);
    });
}

/// With a place for successes made: the checker does not see who makes one.
fn counting_apart() -> &'static Circuit {
    let circuit = circuit(&LAST_SECONDS);
    admitted(circuit).success();
    clock::advance(RECOVERY);
    assert_eq!(circuit.snapshot().calls_in_window, 0);
    circuit
}

/// A success in a window of time is counted apart; the failure that comes at the same time finds it, or it
/// finds the failure: either way the rate is judged with both.
pub fn a_failure_beside_a_success_that_is_counted_apart() {
    every_order(|| {
        let circuit = counting_apart();
        let changes = Changes::of(circuit);
        let other = thread::spawn(move || admitted(circuit).failure());
        if let Ok(permit) = circuit.enter() {
            permit.success();
        }
        joined(other);
        assert_eq!(circuit.state(), CircuitState::Open, "one of two");
        assert_eq!(changes.chained(CircuitState::Closed, circuit), 1);
    });
}

/// Successes that are counted apart are all counted.
pub fn successes_that_are_counted_apart() {
    every_order(|| {
        let circuit = counting_apart();
        let other = thread::spawn(move || admitted(circuit).success());
        admitted(circuit).success();
        joined(other);
        let seen = circuit.snapshot();
        assert_eq!((seen.calls_in_window, seen.failures_in_window), (2, 0));
    });
}
