//! Whole futures and functions behind a breaker: each asks once, runs once and settles once, however it
//! ends. What a permit does by itself is tested in `cut_short`.

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

fn down<T>() -> Result<T, Failure> {
    Err(Failure::Down)
}

#[test]
fn a_guarded_future_counts_as_a_call() {
    let clock = VirtualClock::install();
    for (waits, name) in [(0, "g-future-0"), (3, "g-future-3")] {
        let breaker = CircuitBreaker::new(name).failure_threshold(2);
        assert_eq!(run(breaker.guard(after(waits, down::<u8>()))), Err(Failure::Down));
        assert_eq!(breaker.snapshot().consecutive_failures, 1);
        assert_eq!(run(breaker.guard(after(waits, Ok::<_, Failure>(7)))), Ok(7));
        assert_eq!(breaker.snapshot().consecutive_failures, 0);
        (0..2).for_each(|_| drop(run(breaker.guard(after(waits, down::<u8>())))));
        assert_eq!(breaker.state(), CircuitState::Open);
        clock.advance(RECOVERY);
        assert_eq!(run(breaker.guard(after(waits, Ok::<_, Failure>(7)))), Ok(7));
        assert_eq!(breaker.state(), CircuitState::Closed);
    }
}

#[test]
fn a_guarded_function_counts_as_a_call() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-sync").failure_threshold(2);
    assert_eq!(breaker.guard_sync(down::<u8>), Err(Failure::Down));
    assert_eq!(breaker.guard_sync(|| Ok::<_, Failure>(7)), Ok(7));
    assert_eq!(breaker.snapshot().consecutive_failures, 0);
    (0..2).for_each(|_| drop(breaker.guard_sync(down::<u8>)));
    let refused = breaker.guard_sync(|| -> Result<u8, Failure> { unreachable!("the body is not run") });
    let expected = CircuitOpenError { name: "g-sync", retry_after: RECOVERY };
    assert_eq!(refused, Err(Failure::Open(expected)));
    clock.advance(RECOVERY);
    let panics = || breaker.guard_sync(|| -> Result<u8, Failure> { resume_unwind(Box::new("boom")) });
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (CircuitState::Open, 0));
    clock.advance(RECOVERY);
    assert_eq!(breaker.guard_sync(|| Ok::<_, Failure>(7)), Ok(7));
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn a_refused_future_is_never_polled() {
    let _clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-refused");
    breaker.force_open();
    let outcome = run(breaker.guard(poll_fn(|_| -> Poll<Result<u8, Failure>> { unreachable!("polled") })));
    let expected = CircuitOpenError { name: "g-refused", retry_after: RECOVERY };
    assert_eq!(outcome, Err(Failure::Open(expected)));
}

#[test]
fn admission_is_asked_at_the_first_poll_and_not_again() {
    let breaker = CircuitBreaker::new("g-first-poll");
    let mut early = pin!(breaker.guard(after(2, Ok::<_, Failure>(1))));
    breaker.force_open();
    assert!(matches!(poll_once(early.as_mut()), Poll::Ready(Err(Failure::Open(_)))));
    breaker.reset();
    let mut running = pin!(breaker.guard(after(2, Ok::<_, Failure>(1))));
    assert!(poll_once(running.as_mut()).is_pending());
    breaker.force_open();
    assert_eq!(run(running), Ok(1), "it was admitted");
}

#[test]
fn a_probe_may_take_as_long_as_the_function_that_the_breaker_stands_above() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-longest").failure_threshold(1).longest_call(RECOVERY * 4);
    open(&breaker);
    clock.advance(RECOVERY);
    {
        let mut probe = pin!(breaker.guard(pending::<Result<u8, Failure>>()));
        assert!(poll_once(probe.as_mut()).is_pending());
        assert_eq!(refusal(&breaker).retry_after, RECOVERY * 4);
    }
    let sync = breaker.guard_sync(|| {
        assert_eq!(refusal(&breaker).retry_after, RECOVERY * 4);
        Ok::<_, Failure>(())
    });
    assert_eq!(sync, Ok(()));
}

#[test]
fn the_judge_sees_the_error_and_says_what_it_means() {
    for (verdict, failures) in [(Verdict::Failure, 2), (Verdict::Success, 0), (Verdict::Neutral, 1)] {
        for (sync, name) in [(true, "g-judge-sync"), (false, "g-judge-async")] {
            let breaker = CircuitBreaker::new(name);
            breaker.reset();
            fail(&breaker);
            // The closures say no types, as generated code does not.
            let out: Result<u8, Failure> = if sync {
                breaker.guard_sync_judged(down, |error| {
                    assert!(!error.to_owned_text().is_empty());
                    verdict
                })
            } else {
                run(breaker.guard_judged(async { Err(Failure::Down) }, |error| {
                    assert!(!error.to_owned_text().is_empty());
                    verdict
                }))
            };
            assert_eq!(out, Err(Failure::Down));
            assert_eq!(breaker.snapshot().consecutive_failures, failures, "{name} {verdict:?}");
        }
    }
    let breaker = CircuitBreaker::new("g-judge-bool");
    assert_eq!(run(breaker.guard_judged(ready(down::<u8>()), |_| false)), Err(Failure::Down));
    assert_eq!(breaker.guard_sync_judged(down::<u8>, |_| true), Err(Failure::Down));
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
            let mut probe = pin!(breaker.guard(after(3, Ok::<_, Failure>(()))));
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
        let mut call = Box::pin(breaker.guard(async {
            after(waits, ()).await;
            if true {
                resume_unwind(Box::new("boom"));
            }
            Ok::<_, Failure>(())
        }));
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
    let mut bystander = Box::pin(breaker.guard(pending::<Result<(), Failure>>()));
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
            let mut call = pin!(breaker.guard(poll_fn(move |_| {
                let _held = &inside;
                if finishes { Poll::Ready(Ok::<_, Failure>(())) } else { Poll::Pending }
            })));
            assert_eq!(poll_once(call.as_mut()).is_ready(), finishes);
        }
        assert_eq!(probes.get(), 1, "{finishes}");
        assert_eq!(breaker.snapshot().probes_in_flight, 0);
        breaker.reset();
    }
}

#[test]
fn polled_after_its_end_it_neither_panics_nor_asks_again() {
    let breaker = CircuitBreaker::new("g-after-the-end").failure_threshold(1);
    let mut call = pin!(breaker.guard(ready(down::<u8>())));
    assert!(poll_once(call.as_mut()).is_ready());
    breaker.reset();
    assert!(poll_once(call.as_mut()).is_pending());
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn slow_futures_and_functions_are_timed() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("g-slow").slow_call(SECOND).slow_call_rate(1.0).minimum_calls(3);
    let works = |time: Duration| {
        clock.advance(time);
        Ok::<_, Failure>(())
    };
    breaker.guard_sync(|| works(SECOND * 2)).unwrap();
    run(breaker.guard(async {
        after(1, ()).await;
        works(SECOND * 2)
    }))
    .unwrap();
    assert_eq!(breaker.snapshot().slow_calls_in_window, 2);
    breaker.guard_sync(|| works(SECOND)).unwrap();
    assert_eq!((breaker.snapshot().slow_calls_in_window, breaker.state()), (2, CircuitState::Closed));
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn it_is_send_where_future_and_judge_are_and_takes_little_room() {
    let breaker = CircuitBreaker::new("g-size");
    let call = |bytes: &'static [u8]| async move {
        after(1, ()).await;
        Ok::<_, Failure>(bytes)
    };
    let plain = size_of_val(&call(b"x"));
    let guarded = is_send(breaker.guard(call(b"x")));
    assert!(size_of_val(&guarded) <= plain + 88, "{} over {plain}", size_of_val(&guarded) - plain);
    drop(guarded);
    let plain = size_of::<std::future::Ready<Result<u64, Failure>>>();
    let guarded = is_send(breaker.guard_judged(ready(down::<u64>()), |_| Verdict::Neutral));
    assert!(size_of_val(&guarded) <= plain + 88, "{} over {plain}", size_of_val(&guarded) - plain);
    drop(guarded);
}
