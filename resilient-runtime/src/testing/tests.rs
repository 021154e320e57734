//! Dice that are seeded, and what is switched off for a whole process: each of these in a process of its own.

#![allow(clippy::unwrap_used)]

use std::io;
use std::time::Instant;

use super::*;
use crate::alone::alone;
use crate::{CircuitBreaker, CircuitOpenError, Held, Jitter, Retry, remaining, timeout_sync};

const HOUR: Duration = Duration::from_secs(3600);
static RETRY: Retry = Retry::new().max_attempts(4).base_delay(HOUR).max_delay(HOUR);

fn refused() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

/// To be compared.
fn roll() -> u64 {
    crate::dice::roll().to_bits()
}

/// How often a function that always fails is run.
fn runs() -> u32 {
    let mut runs = 0;
    RETRY
        .call(|| {
            runs += 1;
            Err::<(), _>(refused())
        })
        .unwrap_err();
    runs
}

#[derive(Debug)]
enum Failure {
    Down,
    Open,
}

impl From<CircuitOpenError> for Failure {
    fn from(_: CircuitOpenError) -> Self {
        Self::Open
    }
}

#[test]
fn dice_fall_alike_for_one_seed_and_not_for_another_and_only_while_the_guard_lives() {
    let rolls = || [(); 8].map(|()| roll());
    let seeded = |seed| {
        let _dice = SeededDice::install(seed);
        rolls()
    };
    assert_eq!(seeded(1), seeded(1));
    assert_ne!(seeded(1), seeded(2));
    let outer = SeededDice::install(1);
    let first = rolls();
    assert_eq!(seeded(2), seeded(2), "an inner guard has its own");
    let then = rolls();
    drop(outer);
    let _again = SeededDice::install(1);
    assert_eq!((rolls(), rolls()), (first, then), "and takes nothing from the outer one");
    assert_ne!(std::thread::spawn(rolls).join().unwrap(), first, "another thread is on its own");
}

#[test]
fn the_body_of_a_sync_timeout_rolls_its_callers_dice() {
    let on_a_worker = || timeout_sync(HOUR, "op", roll).unwrap();
    let seeded = |seed| {
        let _dice = SeededDice::install(seed);
        [on_a_worker(), roll(), on_a_worker()]
    };
    assert_eq!(seeded(3), seeded(3));
    assert_ne!(on_a_worker(), seeded(3)[0], "a worker keeps nobody's");
}

#[test]
fn every_shape_of_jitter_is_repeated_by_its_seed() {
    for jitter in [Jitter::Ratio(0.5), Jitter::Full, Jitter::Equal] {
        let sleeps = || {
            let (_dice, clock) = (SeededDice::install(9), VirtualClock::install());
            let retry = Retry::new().max_attempts(9).jitter(jitter);
            retry.call(|| Err::<(), _>(refused())).unwrap_err();
            clock.sleeps()
        };
        assert_eq!(sleeps(), sleeps(), "{jitter:?}");
    }
}

#[test]
fn where_nothing_waits_all_attempts_are_made_at_once() {
    alone(module_path!(), "where_nothing_waits_all_attempts_are_made_at_once", || {
        wait_nothing();
        let began = Instant::now();
        assert_eq!(runs(), 4);
        assert_eq!(std::thread::spawn(runs).join().unwrap(), 4, "on any thread");
        #[cfg(feature = "tokio")]
        {
            // Without a timer, too.
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let mut runs = 0;
            let call = RETRY.call_async(async || {
                runs += 1;
                Err::<(), _>(refused())
            });
            runtime.block_on(call).unwrap_err();
            assert_eq!(runs, 4);
        }
        assert!(began.elapsed() < HOUR);
        let clock = VirtualClock::install();
        runs();
        assert_eq!(clock.sleeps().len(), 3, "what a virtual clock would wait is there to be seen");
    });
}

#[test]
fn inactive_policies_change_nothing_of_a_function() {
    alone(module_path!(), "inactive_policies_change_nothing_of_a_function", || {
        static EARLIER: CircuitBreaker = CircuitBreaker::new("inactive-1").failure_threshold(1);
        static LATER: CircuitBreaker = CircuitBreaker::new("inactive-2").failure_threshold(1);
        let fails = || Err::<(), _>(Failure::Down);
        assert!(EARLIER.call(fails).is_err() && matches!(EARLIER.call(fails), Err(Failure::Open)));

        deactivate();
        assert_eq!(runs(), 1);
        for breaker in [&EARLIER, &LATER] {
            for _ in 0..10 {
                assert!(matches!(breaker.call(fails), Err(Failure::Down)));
            }
            assert_eq!(breaker.snapshot().held, Some(Held::Disabled));
        }
        let caller = std::thread::current().id();
        let worker = timeout_sync(Duration::ZERO, "op", || std::thread::current().id()).unwrap();
        assert_eq!(worker, caller);
        drop(crate::__private::deadline_sync("op", Duration::ZERO));
        assert_eq!(remaining(), None);
        #[cfg(feature = "tokio")]
        {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
                let slow = || tokio::time::sleep(HOUR);
                crate::timeout(Duration::from_secs(1), "op", slow()).await.unwrap();
                crate::deadline(Duration::from_secs(1), "op", slow()).await.unwrap();
            });
        }
    });
}
