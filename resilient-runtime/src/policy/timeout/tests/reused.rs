//! What one call leaves to the next: no value, no capture, and nothing that two calls would have at the same
//! time. That it is left at all is what `spare` and the counts of allocations show.

use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread::{self, ThreadId};
use std::time::Duration;

use super::blocking::{LONG, SHORT, beside_others, soon};
use crate::error::TimeoutError;
use crate::policy::timeout::timeout_sync;
use crate::sync::lock;
use crate::testing::VirtualClock;

/// One function, so one type of body, whatever becomes of the call.
enum Does {
    Give,
    Panic,
    Wait(Arc<Mutex<()>>),
    Sleep,
}

type Outcome = Result<(usize, Arc<()>), TimeoutError>;

fn call(does: Does, number: usize, held: &Arc<()>) -> Outcome {
    let held = Arc::clone(held);
    let limit = if matches!(does, Does::Wait(_)) { SHORT } else { LONG };
    timeout_sync(limit, "reused", move || {
        match does {
            Does::Give => {}
            Does::Panic => resume_unwind(Box::new(Arc::clone(&held))),
            Does::Wait(gate) => drop(lock(&gate)),
            Does::Sleep => crate::clock::sleep_sync(LONG * 2),
        }
        (number, held)
    })
}

fn gives(number: usize, held: &Arc<()>) {
    assert_eq!(call(Does::Give, number, held).unwrap().0, number);
}

#[test]
fn no_call_gets_the_value_of_one_that_was_given_up() {
    let _beside = beside_others();
    let held = Arc::new(());
    let gate = Arc::new(Mutex::new(()));
    let shut = lock(&gate);
    for round in 0..10 {
        gives(round, &held);
        call(Does::Wait(Arc::clone(&gate)), 1000 + round, &held).unwrap_err();
        gives(100 + round, &held);
    }
    drop(shut);
    for round in 0..100 {
        gives(round, &held);
    }
    soon("all of them end, and let go of what they hold", || Arc::strong_count(&held) == 1);
}

#[test]
fn a_call_after_one_that_panicked_is_like_any_other() {
    let _beside = beside_others();
    let held = Arc::new(());
    for round in 0..10 {
        let panic = catch_unwind(|| call(Does::Panic, round, &held)).unwrap_err();
        assert_eq!(Arc::strong_count(&held), 2, "the payload's alone, besides the one here");
        assert!(Arc::ptr_eq(panic.downcast_ref().unwrap(), &held));
        gives(round, &held);
    }
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn nothing_of_a_call_is_held_when_its_caller_goes_on() {
    let _beside = beside_others();
    let held = Arc::new(());
    for round in 0..1000 {
        let outcome = call(Does::Give, round, &held);
        assert_eq!(Arc::strong_count(&held), 2, "the value's alone, besides the one here");
        drop(outcome);
        assert_eq!(Arc::strong_count(&held), 1);
    }
    let _clock = VirtualClock::install();
    for round in 0..100 {
        call(Does::Sleep, round, &held).unwrap_err();
        assert_eq!(Arc::strong_count(&held), 1, "a value that came too late");
        gives(round, &held);
    }
}

/// Each runs inside the body of another of the same type.
fn sum_to(number: usize) -> usize {
    let body = move || if number == 0 { 0 } else { number + sum_to(number - 1) };
    timeout_sync(LONG, "sum", body).unwrap()
}

#[test]
fn calls_inside_calls_of_the_same_function_are_on_their_own() {
    let _beside = beside_others();
    for _ in 0..20 {
        assert_eq!(sum_to(10), 55);
    }
}

#[test]
fn a_caller_goes_on_with_the_worker_that_it_had() {
    let _beside = beside_others();
    let on_worker = || timeout_sync(LONG, "op", || thread::current().id()).unwrap();
    let (both, turn) = (Arc::new(Barrier::new(2)), Arc::new(Mutex::new(())));
    // Of one name: their workers are not told apart by that.
    let twins = [(); 2].map(|()| {
        let (both, turn) = (Arc::clone(&both), Arc::clone(&turn));
        let seen = move || -> (ThreadId, bool) {
            let at_once = move || {
                both.wait();
                thread::current().id()
            };
            let first = timeout_sync(LONG, "op", at_once).unwrap();
            let same = (0..200).all(|_| {
                let _turn = lock(&turn);
                on_worker() == first
            });
            (first, same)
        };
        thread::Builder::new().name("twin".to_owned()).spawn(seen).unwrap()
    });
    let [(one, one_stays), (other, other_stays)] = twins.map(|twin| twin.join().unwrap());
    assert_ne!(one, other);
    assert!(one_stays && other_stays);
}

/// Calls when its thread ends, and tells what came of it.
struct Last(mpsc::Sender<Result<u32, TimeoutError>>);

impl Drop for Last {
    fn drop(&mut self) {
        let _ = self.0.send(timeout_sync(LONG, "last", || 7));
    }
}

thread_local! {
    static BEFORE: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) };
    static AFTER: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) };
}

#[test]
fn a_call_while_a_thread_ends_is_like_any_other() {
    let _beside = beside_others();
    let (tell, told) = mpsc::channel();
    let ends = move || {
        // One of them is let go before what calls leave to the next, the other after it.
        BEFORE.set(Some(Last(tell.clone())));
        assert_eq!(timeout_sync(LONG, "first", || 6), Ok(6));
        AFTER.set(Some(Last(tell)));
    };
    thread::spawn(ends).join().unwrap();
    assert_eq!(told.into_iter().collect::<Vec<_>>(), [Ok(7), Ok(7)]);
}

#[test]
fn of_calls_that_are_given_up_at_once_each_gets_its_own_value_or_none() {
    let _beside = beside_others();
    for limit in [Duration::ZERO, Duration::from_nanos(1), Duration::from_micros(20)] {
        for number in 0..200 {
            // It is in time or it is not; what it gives is its own.
            let outcome = timeout_sync(limit, "hasty", move || number);
            assert!(outcome == Ok(number) || outcome == Err(TimeoutError { operation: "hasty", limit }));
        }
    }
}
