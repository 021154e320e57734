//! Calls that end otherwise than by returning: dropped, suspended for ever, panicking, sync and async.
//! Calls that return are tested one file up.

use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::*;

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Waits so often before it gives its output.
async fn suspended(times: u32) {
    let mut left = times;
    poll_fn(|_| {
        left = left.checked_sub(1).unwrap_or(u32::MAX);
        if left == u32::MAX { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[test]
fn a_permit_that_is_dropped_counts_neither_way() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-dropped").failure_threshold(2);
    fail(&breaker);
    (0..1000).for_each(|_| drop(breaker.enter()));
    let seen = breaker.snapshot();
    assert_eq!((seen.state, seen.consecutive_failures), (CircuitState::Closed, 1));
    assert_eq!((seen.abandoned_calls, seen.stale_results), (1000, 0));
    fail(&breaker);
    clock.advance(RECOVERY);
    (0..100).for_each(|_| drop(breaker.enter().unwrap()));
    let seen = breaker.snapshot();
    assert_eq!((seen.state, seen.probes_in_flight), (CircuitState::HalfOpen, 0));
    assert_eq!((seen.abandoned_calls, seen.stale_results), (1100, 0));
}

#[test]
fn a_call_that_panics_is_a_failure_and_its_panic_reaches_the_caller() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-panic").failure_threshold(2);
    let panics = || {
        let call = || breaker.call(|| -> Result<(), Failure> { resume_unwind(Box::new("boom")) });
        let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"boom"));
    };
    panics();
    assert_eq!(breaker.snapshot().consecutive_failures, 1);
    panics();
    assert_eq!(breaker.state(), CircuitState::Open);
    clock.advance(RECOVERY);
    panics();
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (CircuitState::Open, 0));
    clock.advance(RECOVERY);
    succeed(&breaker);
}

#[test]
fn a_predicate_that_panics_leaves_no_place_taken() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-predicate").failure_threshold(1);
    open(&breaker);
    clock.advance(RECOVERY);
    let probe = breaker.enter().unwrap();
    let settle = || probe.settle(Err::<(), _>(()), |()| -> bool { resume_unwind(Box::new(())) });
    assert!(catch_unwind(AssertUnwindSafe(settle)).is_err());
    assert_eq!(breaker.snapshot().probes_in_flight, 0);
}

#[test]
fn an_async_call_counts_as_a_sync_one() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-async").failure_threshold(1);
    let call = |outcome: Result<(), Failure>| {
        let mut call = pin!(breaker.call_async(async || {
            suspended(2).await;
            outcome
        }));
        loop {
            if let Poll::Ready(outcome) = poll_once(call.as_mut()) {
                return outcome;
            }
        }
    };
    assert_eq!(call(Ok(())), Ok(()));
    assert_eq!(call(Err(Failure::Down)), Err(Failure::Down));
    assert!(matches!(call(Ok(())), Err(Failure::Open(_))));
    clock.advance(RECOVERY);
    assert_eq!(call(Ok(())), Ok(()));
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn an_async_probe_can_be_dropped_at_every_await_and_the_next_is_let_through() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-poll-n-then-drop").failure_threshold(1);
    open(&breaker);
    clock.advance(RECOVERY);
    for polls in 0..4 {
        {
            let mut probe = pin!(breaker.call_async(async || {
                suspended(3).await;
                Ok::<_, Failure>(())
            }));
            for _ in 0..polls {
                assert!(poll_once(probe.as_mut()).is_pending());
            }
            assert_eq!(breaker.snapshot().probes_in_flight, usize::from(polls > 0));
        }
        assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (CircuitState::HalfOpen, 0));
    }
    succeed(&breaker);
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn a_probe_that_never_ends_gives_its_place_up() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("t-hung").failure_threshold(1).probe_timeout(SECOND * 5);
    open(&breaker);
    clock.advance(RECOVERY);
    {
        let mut hung = pin!(breaker.call_async(async || pending::<Result<(), Failure>>().await));
        assert!(poll_once(hung.as_mut()).is_pending());
        assert_eq!(refusal(&breaker).retry_after, SECOND * 5);
        clock.advance(SECOND * 5);
        succeed(&breaker);
        assert_eq!(breaker.state(), CircuitState::Closed);
    }
    assert_eq!((breaker.state(), breaker.snapshot().consecutive_failures), (CircuitState::Closed, 0));
}

#[test]
fn a_panic_inside_the_future_is_a_failure_also_after_an_await() {
    for (awaits, name) in [(0, "t-async-panic-0"), (1, "t-async-panic-1"), (3, "t-async-panic-3")] {
        let breaker = CircuitBreaker::new(name);
        let mut call = Box::pin(breaker.call_async(async || -> Result<(), Failure> {
            suspended(awaits).await;
            resume_unwind(Box::new("boom"))
        }));
        for _ in 0..awaits {
            assert!(poll_once(call.as_mut()).is_pending());
        }
        assert!(catch_unwind(AssertUnwindSafe(|| poll_once(call.as_mut()))).is_err());
        assert_eq!(breaker.snapshot().consecutive_failures, 1, "{awaits}");
        drop(call);
        assert_eq!(breaker.snapshot().consecutive_failures, 1, "once");
    }
}

#[test]
fn a_suspended_future_dropped_by_somebody_elses_panic_counts_neither_way() {
    let breaker = CircuitBreaker::new("t-bystander");
    let mut bystander = Box::pin(breaker.call_async(async || pending::<Result<(), Failure>>().await));
    assert!(poll_once(bystander.as_mut()).is_pending());
    let unwinds = catch_unwind(AssertUnwindSafe(move || {
        let _dropped_on_the_way = bystander;
        resume_unwind(Box::new("somebody else's"))
    }));
    assert!(unwinds.is_err());
    assert_eq!(breaker.snapshot().consecutive_failures, 0);
}
