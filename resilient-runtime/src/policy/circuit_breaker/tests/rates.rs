//! Rates, slow calls, neutral results and growing periods as a caller meets them: the clock is read
//! where it must be, and a healthy circuit is not written to. The rules are the machine's test.

use std::sync::mpsc;

use super::*;

#[test]
fn half_of_the_calls_open_it_and_the_snapshot_tells_how_many_there_are() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("r-half").failure_rate(0.5).window(Window::Calls(10)).minimum_calls(4);
    assert_eq!((breaker.snapshot().failure_rate, breaker.snapshot().calls_in_window), (None, 0));
    succeed(&breaker);
    succeed(&breaker);
    fail(&breaker);
    let seen = breaker.snapshot();
    assert_eq!((seen.calls_in_window, seen.failures_in_window, seen.slow_calls_in_window), (3, 1, 0));
    assert_eq!((seen.failure_rate, seen.slow_call_rate), (Some(1.0 / 3.0), Some(0.0)));
    assert_eq!(seen.open_period, None);
    fail(&breaker);
    let seen = breaker.snapshot();
    assert_eq!((seen.state, seen.calls_in_window, seen.failure_rate), (CircuitState::Open, 0, None));
    assert_eq!((seen.open_period, seen.retry_after), (Some(RECOVERY), Some(RECOVERY)));
    clock.advance(RECOVERY);
    succeed(&breaker);
    assert_eq!((breaker.state(), breaker.snapshot().calls_in_window), (CircuitState::Closed, 0));
}

#[test]
fn a_window_of_time_forgets_also_while_nobody_calls() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("r-time").failure_rate(0.5).window(Window::Time(SECOND * 10));
    fail(&breaker);
    clock.advance(SECOND * 9);
    fail(&breaker);
    assert_eq!(breaker.snapshot().calls_in_window, 2);
    clock.advance(SECOND);
    assert_eq!(breaker.snapshot().calls_in_window, 1);
    clock.advance(SECOND * 9);
    assert_eq!(breaker.snapshot().failure_rate, None);
}

/// A call that takes so long.
fn takes(breaker: &CircuitBreaker, clock: &VirtualClock, time: Duration, outcome: Result<(), Failure>) {
    let out = breaker.call(|| {
        clock.advance(time);
        outcome
    });
    assert!(!matches!(out, Err(Failure::Open(_))), "refused");
}

#[test]
fn calls_above_the_limit_are_slow_and_those_at_it_are_not() {
    let clock = VirtualClock::install();
    let breaker =
        CircuitBreaker::new("r-slow").slow_call(SECOND * 2).slow_call_rate(0.6).window(Window::Calls(5));
    takes(&breaker, &clock, SECOND * 2, Ok(()));
    takes(&breaker, &clock, SECOND * 2, Err(Failure::Down));
    let slow = SECOND * 2 + Duration::from_nanos(1);
    takes(&breaker, &clock, slow, Ok(()));
    takes(&breaker, &clock, slow, Err(Failure::Down));
    assert_eq!((breaker.state(), breaker.snapshot().slow_calls_in_window), (CircuitState::Closed, 2));
    takes(&breaker, &clock, slow, Ok(()));
    assert_eq!(breaker.state(), CircuitState::Open);
    clock.advance(RECOVERY);
    takes(&breaker, &clock, slow, Ok(()));
    assert_eq!(breaker.state(), CircuitState::Open, "a slow probe");
    clock.advance(RECOVERY);
    takes(&breaker, &clock, SECOND, Ok(()));
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn the_first_slow_call_after_a_window_full_of_quick_ones_counts() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("r-slow-after-clean")
        .slow_call(SECOND)
        .slow_call_rate(0.5)
        .window(Window::Calls(3));
    (0..10).for_each(|_| takes(&breaker, &clock, SECOND, Ok(())));
    for slow in 1..=2 {
        assert_eq!(breaker.state(), CircuitState::Closed);
        takes(&breaker, &clock, SECOND * 2, Ok(()));
        assert_eq!(breaker.snapshot().slow_calls_in_window, slow % 2, "cleared where it opened");
    }
    assert_eq!(breaker.state(), CircuitState::Open);
}

#[test]
fn a_call_that_panics_after_a_long_time_was_slow_and_one_that_is_cancelled_was_not() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("r-slow-cut-short").slow_call(SECOND).slow_call_rate(1.0);
    let panics = || {
        let _permit = breaker.enter().unwrap();
        clock.advance(SECOND * 2);
        resume_unwind(Box::new(()))
    };
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    let cancelled = breaker.enter().unwrap();
    clock.advance(SECOND * 2);
    drop(cancelled);
    let seen = breaker.snapshot();
    assert_eq!((seen.calls_in_window, seen.failures_in_window, seen.slow_calls_in_window), (1, 1, 1));
}

#[test]
fn the_clock_is_read_only_where_a_slow_call_would_count() {
    for (name, build, reads) in [
        ("r-clock-1", CircuitBreaker::new as fn(_) -> CircuitBreaker, false),
        ("r-clock-2", |name| CircuitBreaker::new(name).failure_rate(0.5), false),
        ("r-clock-3", |name| CircuitBreaker::new(name).slow_call(SECOND), false),
        ("r-clock-4", |name| CircuitBreaker::new(name).slow_call(SECOND).slow_call_rate(0.5), true),
        ("r-clock-5", |name| CircuitBreaker::new(name).slow_call(Duration::MAX).slow_call_rate(0.5), false),
    ] {
        assert_eq!(build(name).enter().unwrap().began().is_some(), reads, "{name}");
    }
}

#[test]
fn neutral_results_count_neither_way_and_free_the_place_of_a_probe() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("r-neutral").failure_threshold(2);
    let neutral = |breaker: &CircuitBreaker| {
        let permit = breaker.enter().unwrap();
        assert_eq!(permit.settle(Err::<(), _>("busy"), |_| Verdict::Neutral), Err("busy"));
        breaker.enter().unwrap().neutral();
    };
    fail(&breaker);
    (0..500).for_each(|_| neutral(&breaker));
    assert_eq!((breaker.state(), breaker.snapshot().consecutive_failures), (CircuitState::Closed, 1));
    fail(&breaker);
    clock.advance(RECOVERY);
    (0..500).for_each(|_| neutral(&breaker));
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (CircuitState::HalfOpen, 0));
    succeed(&breaker);
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn a_judge_may_say_all_three_or_only_whether_it_is_a_failure() {
    let breaker = CircuitBreaker::new("r-judge");
    let failures = |settle: &dyn Fn(Permit<'_>) -> Result<(), ()>| {
        assert_eq!(settle(breaker.enter().unwrap()), Err(()));
        breaker.snapshot().consecutive_failures
    };
    assert_eq!(failures(&|permit| permit.settle(Err(()), |()| Verdict::Failure)), 1);
    assert_eq!(failures(&|permit| permit.settle(Err(()), |()| true)), 2);
    assert_eq!(failures(&|permit| permit.settle(Err(()), |()| Verdict::Neutral)), 2);
    assert_eq!(failures(&|permit| permit.settle(Err(()), |()| false)), 0);
    for (failure, verdict) in [(true, Verdict::Failure), (false, Verdict::Neutral)] {
        assert_eq!(crate::private::neutral_unless(failure), verdict);
    }
}

#[test]
fn the_open_period_grows_with_every_failed_probe_and_refusals_say_so() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("r-grows")
        .failure_threshold(1)
        .recovery_timeout(SECOND)
        .max_recovery_timeout(SECOND * 5);
    for period in [1, 2, 4, 5, 5].map(|seconds| SECOND * seconds) {
        fail(&breaker);
        assert_eq!((refusal(&breaker).retry_after, breaker.snapshot().open_period), (period, Some(period)));
        clock.advance(period);
        assert_eq!(breaker.state(), CircuitState::HalfOpen);
    }
    succeed(&breaker);
    clock.advance(SECOND * 5);
    fail(&breaker);
    assert_eq!(refusal(&breaker).retry_after, SECOND, "it was closed for long enough");
}

#[test]
fn a_success_on_a_healthy_circuit_takes_no_lock() {
    let breaker = CircuitBreaker::new("r-no-lock").failure_rate(0.5).window(Window::Calls(20));
    (0..20).for_each(|_| succeed(&breaker));
    let consecutive = CircuitBreaker::new("r-no-lock-either");
    succeed(&consecutive);
    for healthy in [&breaker, &consecutive] {
        let held = healthy.shared();
        let (done, ended) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                succeed(healthy);
                drop(healthy.enter());
                done.send(()).unwrap();
            });
            let ended = ended.recv_timeout(SECOND * 10);
            drop(held);
            assert_eq!(ended, Ok(()), "it waits for the lock");
        });
    }
}

#[test]
fn the_failure_that_ends_a_clean_window_is_counted_with_the_successes_that_were_not_written() {
    let breaker = CircuitBreaker::new("r-clean").failure_rate(0.5).window(Window::Calls(10));
    (0..1000).for_each(|_| succeed(&breaker));
    for failures in 1..=4 {
        fail(&breaker);
        let seen = breaker.snapshot();
        assert_eq!((seen.calls_in_window, seen.failures_in_window), (10, failures));
    }
    fail(&breaker);
    assert_eq!(breaker.state(), CircuitState::Open);
}

#[test]
fn a_circuit_that_is_disabled_counts_nothing_apart() {
    let _clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("r-disabled").slow_call(SECOND).slow_call_rate(0.5);
    let breaker = breaker.window(Window::Time(SECOND * 10));
    for command in [Circuit::disable, Circuit::force_closed] {
        command(&breaker);
        (0..3).for_each(|_| succeed(&breaker));
        assert_eq!(breaker.snapshot().calls_in_window, 0);
        breaker.reset();
        succeed(&breaker);
        assert_eq!(breaker.snapshot().calls_in_window, 1);
    }
}
