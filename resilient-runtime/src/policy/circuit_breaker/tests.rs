//! A circuit as one caller meets it: calls, permits, refusals and forced states. Cancellation, names,
//! threads and events have files below; the rules of the states are the machine's test.

#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use super::settings::Settings;
use super::word::Word;
use super::*;
use crate::error::CircuitOpenError;
use crate::sync::{Mutex, Ordering, lock};
use crate::testing::VirtualClock;
use crate::window::Window;

mod cut_short;
mod guarded;
mod keys;
mod names;
mod news;
#[cfg(feature = "tokio")]
mod own_process;
mod rates;
mod settings;
mod threads;
mod told;

const SECOND: Duration = Duration::from_secs(1);
/// The default recovery timeout.
const RECOVERY: Duration = Duration::from_secs(30);

#[derive(Debug, PartialEq)]
enum Failure {
    Down,
    Open(CircuitOpenError),
}

impl From<CircuitOpenError> for Failure {
    fn from(error: CircuitOpenError) -> Self {
        Self::Open(error)
    }
}

fn fail(circuit: &Circuit) {
    assert_eq!(circuit.call(|| Err::<(), _>(Failure::Down)), Err(Failure::Down));
}

fn succeed(circuit: &Circuit) {
    assert_eq!(circuit.call(|| Ok::<_, Failure>(1)), Ok(1));
}

/// Fails until the circuit is open.
fn open(circuit: &Circuit) {
    while circuit.state() == CircuitState::Closed {
        fail(circuit);
    }
}

fn refusal(circuit: &Circuit) -> CircuitOpenError {
    circuit.enter().map(drop).unwrap_err()
}

#[test]
fn it_opens_after_so_many_failures_in_a_row_and_then_runs_nothing() {
    let _clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-opens").failure_threshold(3);
    fail(&breaker);
    fail(&breaker);
    succeed(&breaker);
    fail(&breaker);
    fail(&breaker);
    assert_eq!(breaker.state(), CircuitState::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), CircuitState::Open);
    let mut calls = 0;
    let outcome = breaker.call(|| {
        calls += 1;
        Ok::<_, Failure>(())
    });
    assert!(matches!(outcome, Err(Failure::Open(_))));
    assert_eq!(calls, 0);
}

#[test]
fn the_defaults_are_five_failures_thirty_seconds_one_probe_one_success() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-defaults");
    (0..4).for_each(|_| fail(&breaker));
    assert_eq!((breaker.state(), breaker.snapshot().consecutive_failures), (CircuitState::Closed, 4));
    fail(&breaker);
    clock.advance(Duration::new(29, 999_999_999));
    assert_eq!(refusal(&breaker).retry_after, Duration::from_nanos(1));
    clock.advance(Duration::from_nanos(1));
    let probe = breaker.enter().unwrap();
    assert_eq!(refusal(&breaker).retry_after, RECOVERY, "the probe may take as long");
    probe.success();
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn a_refusal_names_the_circuit_and_says_how_long_it_lasts() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-refusal").failure_threshold(1).recovery_timeout(SECOND * 60);
    open(&breaker);
    for waited in 0..60 {
        let expected = CircuitOpenError { name: "t-refusal", retry_after: SECOND * (60 - waited) };
        assert_eq!(refusal(&breaker), expected);
        assert_eq!(breaker.snapshot().retry_after, Some(expected.retry_after));
        clock.advance(SECOND);
    }
    assert_eq!(breaker.snapshot().retry_after, None);
    // However many were refused: what each is told is a value of its own, and stands alone.
    assert!(std::error::Error::source(&CircuitOpenError { name: "db", retry_after: SECOND }).is_none());
    let shown = CircuitOpenError { name: "db", retry_after: Duration::from_millis(1500) }.to_string();
    assert_eq!(shown, "circuit `db` is open; next try in 1.5s");
}

#[test]
fn every_setting_has_its_effect() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-settings")
        .failure_threshold(2)
        .recovery_timeout(SECOND * 7)
        .half_open_max_calls(3)
        .probe_timeout(SECOND * 2)
        .success_threshold(4);
    fail(&breaker);
    fail(&breaker);
    assert_eq!(refusal(&breaker).retry_after, SECOND * 7);
    clock.advance(SECOND * 7);
    let probes = [(); 3].map(|()| breaker.enter().unwrap());
    assert_eq!((breaker.snapshot().probes_in_flight, refusal(&breaker).retry_after), (3, SECOND * 2));
    clock.advance(SECOND * 2);
    assert_eq!(breaker.snapshot().probes_in_flight, 0);
    probes.into_iter().for_each(Permit::failure);
    for _ in 0..4 {
        assert_eq!(breaker.state(), CircuitState::HalfOpen, "late failures changed nothing");
        succeed(&breaker);
    }
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn a_probe_may_take_as_long_as_the_function_that_it_runs() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-longest-call").failure_threshold(1);
    for (longest, holds) in [(SECOND * 120, SECOND * 120), (SECOND, RECOVERY)] {
        open(&breaker);
        clock.advance(RECOVERY);
        let mut probe = breaker.permit();
        assert_eq!(probe.refused(longest), None);
        assert_eq!(refusal(&breaker).retry_after, holds);
        probe.success();
        assert_eq!(breaker.state(), CircuitState::Closed);
    }
}

#[test]
fn the_state_is_true_without_a_call() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-state");
    open(&breaker);
    clock.advance(RECOVERY);
    assert_eq!((breaker.state(), breaker.snapshot().state), (CircuitState::HalfOpen, CircuitState::HalfOpen));
}

/// What a late or abandoned call may change.
fn without_counters(circuit: &Circuit) -> CircuitSnapshot {
    CircuitSnapshot { stale_results: 0, abandoned_calls: 0, ..circuit.snapshot() }
}

#[test]
fn a_late_result_is_told_of_by_a_counter_and_changes_nothing_else() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-late");
    let [good, bad, cancelled, later] = [(); 4].map(|()| breaker.enter().unwrap());
    open(&breaker);
    clock.advance(RECOVERY);
    let probe = breaker.enter().unwrap();
    let before = breaker.snapshot();
    assert_eq!((before.stale_results, before.abandoned_calls), (0, 0));
    good.success();
    assert_eq!(breaker.snapshot().stale_results, 1);
    bad.failure();
    drop(cancelled);
    assert_eq!(without_counters(&breaker), before);
    assert_eq!((breaker.snapshot().stale_results, breaker.snapshot().abandoned_calls), (2, 1));
    probe.success();
    assert_eq!(breaker.state(), CircuitState::Closed);
    // The circuit is as it was when this call was admitted, but two generations on.
    later.success();
    assert_eq!(breaker.snapshot().stale_results, 3);
}

#[test]
fn a_probe_that_lost_its_place_is_late() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-late-probe").probe_timeout(SECOND);
    open(&breaker);
    clock.advance(RECOVERY);
    let [first, second] = [(); 2].map(|()| {
        let probe = breaker.enter().unwrap();
        clock.advance(SECOND);
        probe
    });
    let before = breaker.snapshot();
    first.failure();
    second.neutral();
    assert_eq!(breaker.snapshot().stale_results, 1, "what is neutral counts in no case");
    assert_eq!(without_counters(&breaker), before);
}

#[test]
fn an_error_that_is_no_failure_counts_as_a_success() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-answered").failure_threshold(2);
    let answered = || {
        let permit = breaker.enter().unwrap();
        permit.settle(Err::<(), _>("not found"), |_| false).unwrap_err();
    };
    for _ in 0..10 {
        fail(&breaker);
        answered();
    }
    assert_eq!(breaker.snapshot().consecutive_failures, 0);
    open(&breaker);
    clock.advance(RECOVERY);
    answered();
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn no_value_is_a_failure_where_it_is_said_to_be() {
    let breaker = CircuitBreaker::new("t-option");
    for (outcome, is_failure, failures) in
        [(None, true, 1), (None, true, 2), (Some(7), true, 0), (None, false, 0)]
    {
        assert_eq!(breaker.enter().unwrap().settle(outcome, |_| is_failure), outcome);
        assert_eq!(breaker.snapshot().consecutive_failures, failures);
    }
}

#[test]
fn forced_open_it_refuses_until_reset() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-forced-open").recovery_timeout(SECOND);
    let running = breaker.enter().unwrap();
    breaker.force_open();
    running.success();
    for _ in 0..3 {
        assert_eq!((breaker.state(), refusal(&breaker).retry_after), (CircuitState::Open, SECOND));
        clock.advance(SECOND * 3600);
    }
    breaker.reset();
    succeed(&breaker);
}

#[test]
fn the_snapshot_tells_what_the_last_failure_was_and_what_holds_the_state() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-last-failure").failure_threshold(4);
    let last = || breaker.snapshot().last_failure;
    assert_eq!(last(), None);
    fail(&breaker);
    assert_eq!(last(), Some(FailureKind::Error(std::any::type_name::<Failure>())));
    breaker.enter().unwrap().failure();
    assert_eq!(last(), Some(FailureKind::Reported));
    let panics = || breaker.call(|| -> Result<(), Failure> { resume_unwind(Box::new("boom")) });
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    succeed(&breaker);
    breaker.enter().unwrap().neutral();
    drop(breaker.enter().unwrap());
    assert_eq!(last(), Some(FailureKind::Panic), "what is no failure does not hide one");
    let late = breaker.enter().unwrap();
    open(&breaker);
    clock.advance(RECOVERY);
    late.failure();
    assert_eq!(last(), Some(FailureKind::Error(std::any::type_name::<Failure>())), "it counted no more");
    breaker.disable();
    assert_eq!((breaker.state(), breaker.snapshot().held), (CircuitState::Closed, Some(Held::Disabled)));
    (0..10).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), CircuitState::Closed);
    breaker.reset();
    assert_eq!((last(), breaker.snapshot().held), (None, None));
    open(&breaker);
}

#[test]
fn forced_closed_it_passes_everything_until_reset() {
    let breaker = CircuitBreaker::new("t-forced-closed").failure_threshold(1);
    open(&breaker);
    breaker.force_closed();
    (0..100).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), CircuitState::Closed);
    breaker.reset();
    fail(&breaker);
    assert_eq!(breaker.state(), CircuitState::Open);
}

#[test]
fn a_circuit_forced_open_and_reset_opens_again_for_its_own_time() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-forced-then-own").failure_threshold(1);
    breaker.force_open();
    refusal(&breaker);
    breaker.reset();
    open(&breaker);
    assert_eq!(refusal(&breaker).retry_after, RECOVERY);
    clock.advance(RECOVERY);
    succeed(&breaker);
}

#[test]
fn an_endless_recovery_timeout_never_ends_and_never_panics() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-endless").failure_threshold(1).recovery_timeout(Duration::MAX);
    open(&breaker);
    for _ in 0..3 {
        clock.advance(SECOND * 1_000_000_000);
        assert_eq!(breaker.state(), CircuitState::Open);
        assert!(refusal(&breaker).retry_after > SECOND * 1_000_000_000);
    }
}
