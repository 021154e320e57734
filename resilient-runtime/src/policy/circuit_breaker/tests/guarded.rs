//! Whole futures and functions behind a breaker, written as attributes write them: each asks once, runs
//! once and settles once, however it ends. What a permit does by itself is tested in `cut_short`.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::*;

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll_once(future.as_mut()) {
            return output;
        }
    }
}

/// Waits so often before it gives `outcome`.
async fn after<T>(waits: u32, outcome: T) -> T {
    let mut left = waits + 1;
    poll_fn(|_| {
        left -= 1;
        if left == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outcome
}

/// What an attribute writes around a body that blocks.
fn guard_sync<T, V: Into<Verdict>>(
    circuit: &Circuit,
    longest: Duration,
    body: impl FnOnce() -> Result<T, Failure>,
    judge: impl FnOnce(&Failure) -> V,
) -> Result<T, Failure> {
    let mut permit = circuit.permit();
    if let Some(refused) = permit.refused(longest) {
        return Err(refused.into());
    }
    let out = body();
    permit.count(&out, judge);
    out
}

/// What it writes around one that is awaited.
async fn guard<T, V: Into<Verdict>>(
    circuit: &Circuit,
    longest: Duration,
    body: impl Future<Output = Result<T, Failure>>,
    judge: impl FnOnce(&Failure) -> V,
) -> Result<T, Failure> {
    let mut permit = circuit.permit();
    if let Some(refused) = permit.refused(longest) {
        return Err(refused.into());
    }
    let out = {
        let body = pin!(body);
        permit.during(body).await
    };
    permit.count(&out, judge);
    out
}

/// Every error is a failure.
const ALL: fn(&Failure) -> bool = |_| true;

fn down<T>() -> Result<T, Failure> {
    Err(Failure::Down)
}

#[test]
fn a_guarded_future_counts_as_a_call() {
    let clock = VirtualClock::install();
    for (waits, name) in [(0, "g-future-0"), (3, "g-future-3")] {
        let breaker = CircuitBreaker::new(name).failure_threshold(2);
        assert_eq!(run(guard(&breaker, Duration::ZERO, after(waits, down::<u8>()), ALL)), Err(Failure::Down));
        assert_eq!(breaker.snapshot().consecutive_failures, 1);
        assert_eq!(run(guard(&breaker, Duration::ZERO, after(waits, Ok::<_, Failure>(7)), ALL)), Ok(7));
        assert_eq!(breaker.snapshot().consecutive_failures, 0);
        (0..2).for_each(|_| drop(run(guard(&breaker, Duration::ZERO, after(waits, down::<u8>()), ALL))));
        assert_eq!(breaker.state(), CircuitState::Open);
        clock.advance(RECOVERY);
        assert_eq!(run(guard(&breaker, Duration::ZERO, after(waits, Ok::<_, Failure>(7)), ALL)), Ok(7));
        assert_eq!(breaker.state(), CircuitState::Closed);
    }
}

#[test]
fn a_guarded_function_counts_as_a_call() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-sync").failure_threshold(2);
    assert_eq!(guard_sync(&breaker, Duration::ZERO, down::<u8>, ALL), Err(Failure::Down));
    assert_eq!(guard_sync(&breaker, Duration::ZERO, || Ok::<_, Failure>(7), ALL), Ok(7));
    assert_eq!(breaker.snapshot().consecutive_failures, 0);
    (0..2).for_each(|_| drop(guard_sync(&breaker, Duration::ZERO, down::<u8>, ALL)));
    let refused = guard_sync(
        &breaker,
        Duration::ZERO,
        || -> Result<u8, Failure> { unreachable!("the body is not run") },
        ALL,
    );
    let expected = CircuitOpenError { name: "g-sync", retry_after: RECOVERY };
    assert_eq!(refused, Err(Failure::Open(expected)));
    clock.advance(RECOVERY);
    let panics = || {
        guard_sync(
            &breaker,
            Duration::ZERO,
            || -> Result<u8, Failure> { resume_unwind(Box::new("boom")) },
            ALL,
        )
    };
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (CircuitState::Open, 0));
    clock.advance(RECOVERY);
    assert_eq!(guard_sync(&breaker, Duration::ZERO, || Ok::<_, Failure>(7), ALL), Ok(7));
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn a_refused_future_is_never_polled() {
    let _clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-refused");
    breaker.force_open();
    let outcome = run(guard(
        &breaker,
        Duration::ZERO,
        poll_fn(|_| -> Poll<Result<u8, Failure>> { unreachable!("polled") }),
        ALL,
    ));
    let expected = CircuitOpenError { name: "g-refused", retry_after: RECOVERY };
    assert_eq!(outcome, Err(Failure::Open(expected)));
}

#[test]
fn admission_is_asked_at_the_first_poll_and_not_again() {
    let breaker = CircuitBreaker::new("g-first-poll");
    let mut early = pin!(guard(&breaker, Duration::ZERO, after(2, Ok::<_, Failure>(1)), ALL));
    breaker.force_open();
    assert!(matches!(poll_once(early.as_mut()), Poll::Ready(Err(Failure::Open(_)))));
    breaker.reset();
    let mut running = pin!(guard(&breaker, Duration::ZERO, after(2, Ok::<_, Failure>(1)), ALL));
    assert!(poll_once(running.as_mut()).is_pending());
    breaker.force_open();
    assert_eq!(run(running), Ok(1), "it was admitted");
}

#[test]
fn a_probe_may_take_as_long_as_the_function_that_the_breaker_stands_above() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-longest").failure_threshold(1);
    open(&breaker);
    clock.advance(RECOVERY);
    {
        let mut probe = pin!(guard(&breaker, RECOVERY * 4, pending::<Result<u8, Failure>>(), ALL));
        assert!(poll_once(probe.as_mut()).is_pending());
        assert_eq!(refusal(&breaker).retry_after, RECOVERY * 4);
    }
    let sync = guard_sync(
        &breaker,
        RECOVERY * 4,
        || {
            assert_eq!(refusal(&breaker).retry_after, RECOVERY * 4);
            Ok::<_, Failure>(())
        },
        ALL,
    );
    assert_eq!(sync, Ok(()));
}

#[test]
fn the_judge_sees_the_error_and_says_what_it_means() {
    for (verdict, failures) in [(Verdict::Failure, 2), (Verdict::Success, 0), (Verdict::Neutral, 1)] {
        for (sync, name) in [(true, "g-judge-sync"), (false, "g-judge-async")] {
            let breaker = CircuitBreaker::new(name);
            breaker.reset();
            fail(&breaker);
            let out: Result<u8, Failure> = if sync {
                guard_sync(&breaker, Duration::ZERO, down, |error| {
                    assert!(!error.to_owned_text().is_empty());
                    verdict
                })
            } else {
                run(guard(&breaker, Duration::ZERO, async { Err(Failure::Down) }, |error| {
                    assert!(!error.to_owned_text().is_empty());
                    verdict
                }))
            };
            assert_eq!(out, Err(Failure::Down));
            assert_eq!(breaker.snapshot().consecutive_failures, failures, "{name} {verdict:?}");
        }
    }
    let breaker = CircuitBreaker::new("g-judge-bool");
    assert_eq!(run(guard(&breaker, Duration::ZERO, ready(down::<u8>()), |_| false)), Err(Failure::Down));
    assert_eq!(guard_sync(&breaker, Duration::ZERO, down::<u8>, |_| true), Err(Failure::Down));
    assert_eq!(breaker.snapshot().consecutive_failures, 1);
}

impl Failure {
    /// Something to call, so that the closures above must know what they are given.
    fn to_owned_text(&self) -> String {
        format!("{self:?}")
    }
}

#[test]
fn dropped_at_any_await_a_probe_counts_neither_way_and_frees_its_place() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-dropped").failure_threshold(1);
    open(&breaker);
    clock.advance(RECOVERY);
    for polls in 0..4 {
        {
            let mut probe = pin!(guard(&breaker, Duration::ZERO, after(3, Ok::<_, Failure>(())), ALL));
            for _ in 0..polls {
                assert!(poll_once(probe.as_mut()).is_pending());
            }
            assert_eq!(breaker.snapshot().probes_in_flight, usize::from(polls > 0));
        }
        assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (CircuitState::HalfOpen, 0));
    }
}

#[test]
fn a_panic_is_a_failure_whenever_the_rest_is_dropped() {
    for (waits, name) in [(0, "g-panic-0"), (1, "g-panic-1"), (3, "g-panic-3")] {
        let breaker = CircuitBreaker::new(name);
        let mut call = Box::pin(guard(
            &breaker,
            Duration::ZERO,
            async {
                after(waits, ()).await;
                if true {
                    resume_unwind(Box::new("boom"));
                }
                Ok::<_, Failure>(())
            },
            ALL,
        ));
        for _ in 0..waits {
            assert!(poll_once(call.as_mut()).is_pending());
        }
        assert!(catch_unwind(AssertUnwindSafe(|| poll_once(call.as_mut()))).is_err());
        assert_eq!(breaker.snapshot().consecutive_failures, 1, "{waits}");
        drop(call);
        assert_eq!(breaker.snapshot().consecutive_failures, 1, "once");
    }
}

#[test]
fn dropped_by_somebody_elses_panic_it_counts_neither_way() {
    let breaker = CircuitBreaker::new("g-bystander");
    let mut bystander = Box::pin(guard(&breaker, Duration::ZERO, pending::<Result<(), Failure>>(), ALL));
    assert!(poll_once(bystander.as_mut()).is_pending());
    let unwinds = catch_unwind(AssertUnwindSafe(move || {
        let _dropped_on_the_way = bystander;
        resume_unwind(Box::new("somebody else's"))
    }));
    assert!(unwinds.is_err());
    assert_eq!(breaker.snapshot().consecutive_failures, 0);
}

/// Notes how many probes are out when it is dropped.
struct Drops<'t>(&'t Circuit, &'t Cell<usize>);

impl Drop for Drops<'_> {
    fn drop(&mut self) {
        self.1.set(self.0.snapshot().probes_in_flight);
    }
}

#[test]
fn the_future_is_dropped_before_its_permit_is_given_back() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-drop-order").failure_threshold(1);
    for finishes in [false, true] {
        open(&breaker);
        clock.advance(RECOVERY);
        let probes = Cell::new(0);
        {
            let inside = Drops(&breaker, &probes);
            // Not an async block, which drops what it holds when it returns.
            let mut call = pin!(guard(
                &breaker,
                Duration::ZERO,
                poll_fn(move |_| {
                    let _held = &inside;
                    if finishes { Poll::Ready(Ok::<_, Failure>(())) } else { Poll::Pending }
                }),
                ALL
            ));
            assert_eq!(poll_once(call.as_mut()).is_ready(), finishes);
        }
        assert_eq!(probes.get(), 1, "{finishes}");
        assert_eq!(breaker.snapshot().probes_in_flight, 0);
        breaker.reset();
    }
}

#[test]
fn slow_futures_and_functions_are_timed() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-slow").slow_call(SECOND).slow_call_rate(1.0).minimum_calls(3);
    let works = |time: Duration| {
        clock.advance(time);
        Ok::<_, Failure>(())
    };
    guard_sync(&breaker, Duration::ZERO, || works(SECOND * 2), ALL).unwrap();
    run(guard(
        &breaker,
        Duration::ZERO,
        async {
            after(1, ()).await;
            works(SECOND * 2)
        },
        ALL,
    ))
    .unwrap();
    assert_eq!(breaker.snapshot().slow_calls_in_window, 2);
    guard_sync(&breaker, Duration::ZERO, || works(SECOND), ALL).unwrap();
    assert_eq!((breaker.snapshot().slow_calls_in_window, breaker.state()), (2, CircuitState::Closed));
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn a_call_that_holds_a_permit_is_send_and_the_permit_takes_little_room() {
    let breaker = CircuitBreaker::new("g-size");
    drop(is_send(guard(&breaker, Duration::ZERO, ready(down::<u64>()), |_| Verdict::Neutral)));
    assert!(size_of::<Permit<'_>>() <= 56, "{}", size_of::<Permit<'_>>());
}
