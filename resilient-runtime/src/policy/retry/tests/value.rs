//! `Retry` as its callers use it, on a clock that nobody waits for; `call_async` is in `awaited`. The
//! machine's rules are tested one file up; what attributes expand to is the macros' test.

#![allow(clippy::unwrap_used)]

use std::cell::{Cell, RefCell};
use std::time::Duration;
use std::{fmt, io};

use super::{EXACT, SECOND};
use crate::error::CircuitOpenError;
use crate::testing::VirtualClock;
use crate::{Jitter, Retry, RetryClassification, RetryConfig};

#[cfg(feature = "tokio")]
mod awaited;

/// Neither `Clone` nor `Copy`: whoever gets it got the very one that the function returned.
#[derive(Debug, PartialEq)]
struct Refusal {
    attempt: u32,
    kind: RetryClassification,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refusal of attempt {}", self.attempt)
    }
}

impl crate::Retryable for Refusal {
    fn retry_classification(&self) -> RetryClassification {
        self.kind
    }
}

/// A function that counts its calls and always fails so.
fn failing(kind: RetryClassification, calls: &Cell<u32>) -> impl Fn() -> Result<u32, Refusal> {
    move || {
        calls.set(calls.get() + 1);
        Err(Refusal { attempt: calls.get(), kind })
    }
}

#[test]
fn a_config_out_of_range_counts_as_the_nearest() {
    for (asked, calls) in [(0, 1), (1, 1), (7, 7), (101, 100), (u32::MAX, 100)] {
        let clock = VirtualClock::install();
        let retry = Retry::from(RetryConfig { max_attempts: asked, ..EXACT });
        let counted = Cell::new(0);
        let function = failing(RetryClassification::TRANSIENT, &counted);
        retry.call(function).unwrap_err();
        assert_eq!(retry.config().max_attempts, calls, "{asked}");
        assert_eq!((counted.get(), clock.sleeps().len()), (calls, calls as usize - 1), "{asked}");
    }
}

#[test]
fn a_first_success_costs_one_call_and_no_delay() {
    let clock = VirtualClock::install();
    let calls = Cell::new(0);
    let outcome: Result<_, Refusal> = Retry::new().call(|| Ok(calls.replace(calls.get() + 1)));
    assert_eq!((outcome, calls.get()), (Ok(0), 1));
    assert!(clock.elapsed().is_zero());
}

#[test]
fn it_is_called_until_it_succeeds() {
    let clock = VirtualClock::install();
    let calls = Cell::new(0);
    let failing = failing(RetryClassification::TRANSIENT, &calls);
    let retry = Retry::new().max_attempts(5).jitter(Jitter::None);
    let outcome = retry.call(|| if calls.get() < 2 { failing() } else { Ok(42) });
    assert_eq!((outcome, calls.get()), (Ok(42), 2));
    assert_eq!(clock.sleeps(), [SECOND, SECOND * 2]);
}

#[test]
fn the_last_error_is_returned_by_value_and_nothing_is_slept_after_it() {
    let clock = VirtualClock::install();
    let calls = Cell::new(0);
    let function = failing(RetryClassification::TRANSIENT, &calls);
    let outcome = Retry::new().jitter(Jitter::None).call(function);
    assert_eq!(outcome, Err(Refusal { attempt: 3, kind: RetryClassification::TRANSIENT }));
    assert_eq!(calls.get(), 3);
    assert_eq!(clock.sleeps(), [SECOND, SECOND * 2]);
}

#[test]
fn one_attempt_is_one_call_and_no_delay() {
    for retry in [Retry::new().max_attempts(1), Retry::new().max_retries(0)] {
        let clock = VirtualClock::install();
        let calls = Cell::new(0);
        let function = failing(RetryClassification::TRANSIENT, &calls);
        assert_eq!(retry.call(function).unwrap_err().attempt, 1);
        assert_eq!((calls.get(), clock.sleeps().len()), (1, 0));
    }
}

#[test]
fn a_permanent_error_is_not_repeated() {
    let clock = VirtualClock::install();
    let calls = Cell::new(0);
    let function = failing(RetryClassification::Permanent, &calls);
    assert_eq!(Retry::new().call(function).unwrap_err().attempt, 1);
    assert_eq!((calls.get(), clock.sleeps().len()), (1, 0));
}

#[test]
fn an_open_circuit_is_asked_once() {
    let clock = VirtualClock::install();
    let calls = Cell::new(0);
    let outcome = Retry::new().max_attempts(5).call(|| {
        calls.set(calls.get() + 1);
        Err::<(), _>(CircuitOpenError { name: "db", retry_after: SECOND })
    });
    assert_eq!(outcome.unwrap_err().name, "db");
    assert_eq!((calls.get(), clock.sleeps().len()), (1, 0));
}

#[test]
fn when_overrules_what_the_error_type_says_of_itself() {
    let _clock = VirtualClock::install();
    let calls = Cell::new(0);
    let function = failing(RetryClassification::Permanent, &calls);
    let retry = Retry::new().max_attempts(9).when(|error: &Refusal| error.attempt < 4);
    assert_eq!(retry.call(function).unwrap_err().attempt, 4);
    assert_eq!(calls.get(), 4);
}

#[test]
fn a_value_that_until_refuses_is_tried_again_and_the_last_one_is_returned() {
    let clock = VirtualClock::install();
    let calls = Cell::new(0);
    let count = || {
        calls.set(calls.get() + 1);
        Ok::<u32, Refusal>(calls.get())
    };
    let retry = Retry::new().max_attempts(4).jitter(Jitter::None);
    assert_eq!(retry.until(|value: &u32| *value == 3).call(count), Ok(3));
    assert_eq!(clock.sleeps(), [SECOND, SECOND * 2]);
    calls.set(0);
    assert_eq!(retry.until(|value: &u32| *value > 100).call(count), Ok(4), "the last value, not an error");
    assert_eq!(calls.get(), 4);
}

#[test]
fn when_judges_errors_alone_and_until_values_alone() {
    let _clock = VirtualClock::install();
    let (judged, accepted) = (Cell::new(0), Cell::new(0));
    let calls = Cell::new(0);
    let when = |_: &io::Error| {
        judged.set(judged.get() + 1);
        true
    };
    let until = |_: &u32| {
        accepted.set(accepted.get() + 1);
        accepted.get() == 2
    };
    let outcome = Retry::new().max_attempts(9).when(when).until(until).call(|| {
        calls.set(calls.get() + 1);
        if calls.get() % 2 == 1 { Err(io::Error::other("down")) } else { Ok(calls.get()) }
    });
    assert_eq!(outcome.unwrap(), 4);
    assert_eq!((calls.get(), judged.get(), accepted.get()), (4, 2, 2));
}

/// An error that notes, when it is dropped, how many delays there had been.
struct Held<'c>(&'c dyn Fn());

impl fmt::Display for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("held")
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn the_outcome_of_a_failed_attempt_is_dropped_before_the_delay() {
    let clock = VirtualClock::install();
    let slept_at_drop = RefCell::new(Vec::new());
    let note = || slept_at_drop.borrow_mut().push(clock.sleeps().len());
    let outcome: Result<(), _> = Retry::new().when(|_: &Held<'_>| true).call(|| Err(Held(&note)));
    assert_eq!(*slept_at_drop.borrow(), [0, 1], "the last one is still ours");
    drop(outcome);
    assert_eq!(*slept_at_drop.borrow(), [0, 1, 2]);
}

#[test]
fn an_unparked_thread_still_sleeps_its_whole_delay() {
    let sleeper = std::thread::spawn(|| {
        let (started, wait) = (std::time::Instant::now(), Duration::from_millis(40));
        let retry = Retry::new().max_attempts(2).base_delay(wait).jitter(Jitter::None);
        retry.call(|| Err::<(), _>(io::Error::from(io::ErrorKind::ConnectionReset))).unwrap_err();
        (started.elapsed(), wait)
    });
    while !sleeper.is_finished() {
        sleeper.thread().unpark();
        std::thread::yield_now();
    }
    let (slept, wait) = sleeper.join().unwrap();
    assert!(slept >= wait, "{slept:?}");
}
