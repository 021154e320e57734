//! One circuit under many threads at once, all on one virtual clock. What a single thread can see is
//! tested one file up.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicUsize};
use std::sync::{Arc, Barrier};

use super::*;
use crate::clock::Virtual;

/// Runs `work` on so many threads at once, all by `clock`.
pub(super) fn together(threads: usize, clock: &Arc<Virtual>, work: impl Fn(usize) + Sync) {
    let start = Barrier::new(threads);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                Virtual::install(Some(Arc::clone(clock)));
                start.wait();
                work(thread);
            });
        }
    });
}

pub(super) fn shared_clock() -> Arc<Virtual> {
    let clock = Arc::new(Virtual::new());
    Virtual::install(Some(Arc::clone(&clock)));
    clock
}

#[test]
fn failures_reported_together_open_it_exactly_at_the_threshold() {
    let clock = shared_clock();
    let enough = CircuitBreaker::new("x-enough").failure_threshold(64);
    let too_few = CircuitBreaker::new("x-too-few").failure_threshold(65);
    for _ in 0..200 {
        let generation = Word(enough.word.load(Ordering::Relaxed)).generation();
        together(64, &clock, |_| {
            fail(&enough);
            fail(&too_few);
        });
        assert_eq!(enough.state(), CircuitState::Open);
        assert_eq!(Word(enough.word.load(Ordering::Relaxed)).generation(), generation + 1, "opened once");
        let few = too_few.snapshot();
        assert_eq!((few.state, few.consecutive_failures), (CircuitState::Closed, 64));
        enough.reset();
        too_few.reset();
    }
}

#[test]
fn a_window_counts_every_call_of_every_thread() {
    let clock = shared_clock();
    let calls = CircuitBreaker::new("x-count-calls").window(Window::Calls(8 * 500));
    let time = CircuitBreaker::new("x-count-time").window(Window::Time(SECOND));
    for breaker in [calls, time].map(|breaker| breaker.failure_rate(1.0).minimum_calls(4000)) {
        for _ in 0..5 {
            together(8, &clock, |thread| {
                for call in 0..500 {
                    if call % 8 == thread {
                        fail(&breaker);
                    } else {
                        succeed(&breaker);
                    }
                    drop(breaker.enter());
                }
            });
            let seen = breaker.snapshot();
            assert_eq!((seen.calls_in_window, seen.failures_in_window), (4000, 500));
            breaker.reset();
        }
        together(8, &clock, |_| (0..500).for_each(|_| fail(&breaker)));
        assert_eq!(breaker.state(), CircuitState::Open, "at the last of them");
    }
}

#[test]
fn no_more_probes_than_allowed_are_let_through_at_the_expiry_instant() {
    let clock = shared_clock();
    let breaker = CircuitBreaker::new("x-probes").failure_threshold(1).half_open_max_calls(3);
    for round in 0..1000 {
        open(&breaker);
        clock.advance(RECOVERY);
        let (admitted, all_asked) = (AtomicU32::new(0), Barrier::new(8));
        together(8, &clock, |_| {
            let permit = breaker.enter();
            admitted.fetch_add(u32::from(permit.is_ok()), Ordering::Relaxed);
            all_asked.wait();
            // Those that are dropped give their places back; that must not outlive the round.
            drop(permit);
        });
        assert_eq!(admitted.into_inner(), 3, "round {round}");
        assert_eq!(breaker.snapshot().probes_in_flight, 0, "round {round}");
        breaker.reset();
    }
}

#[test]
fn while_probes_come_and_go_no_more_than_allowed_run_at_once() {
    const EACH: u32 = 25;
    // Only a place that never comes back uses them up, however busy the machine is.
    const TRIES: u32 = 10_000_000;

    let clock = shared_clock();
    let breaker = CircuitBreaker::new("x-come-and-go").failure_threshold(1).half_open_max_calls(2);
    open(&breaker);
    clock.advance(RECOVERY);
    let (running, most, total) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    together(8, &clock, |_| {
        let mut left = EACH;
        for _ in 0..TRIES {
            if left == 0 {
                break;
            }
            let Ok(permit) = breaker.enter() else {
                std::thread::yield_now();
                continue;
            };
            left -= 1;
            let now_running = running.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now_running, Ordering::SeqCst);
            total.fetch_add(1, Ordering::SeqCst);
            std::thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
            drop(permit);
        }
    });
    assert!(most.into_inner() <= 2);
    assert_eq!(total.into_inner(), 8 * EACH, "places are given back");
    assert_eq!(breaker.snapshot().probes_in_flight, 0);
}

#[test]
fn every_admitted_call_runs_once_and_leaves_no_place_taken() {
    let clock = shared_clock();
    let breaker = CircuitBreaker::new("x-mixed").failure_threshold(3).half_open_max_calls(2);
    let runs = AtomicUsize::new(0);
    let admitted = AtomicUsize::new(0);
    together(8, &clock, |thread| {
        let mut dice = fastrand::Rng::with_seed(thread as u64);
        for _ in 0..4000 {
            let what = dice.u32(0..8);
            let call = || {
                breaker.call(|| match what {
                    0..4 => {
                        runs.fetch_add(1, Ordering::Relaxed);
                        Ok(())
                    }
                    4..7 => {
                        runs.fetch_add(1, Ordering::Relaxed);
                        Err(Failure::Down)
                    }
                    _ => {
                        runs.fetch_add(1, Ordering::Relaxed);
                        resume_unwind(Box::new(()))
                    }
                })
            };
            let refused = matches!(catch_unwind(AssertUnwindSafe(call)), Ok(Err(Failure::Open(_))));
            admitted.fetch_add(usize::from(!refused), Ordering::Relaxed);
            if what == 0 {
                drop(breaker.enter());
                clock.advance(RECOVERY / 4);
            }
        }
    });
    assert_eq!(runs.into_inner(), admitted.into_inner());
    clock.advance(RECOVERY * 2);
    assert_eq!(breaker.snapshot().probes_in_flight, 0);
    succeed(&breaker);
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn a_reset_is_seen_by_every_call_that_starts_after_it() {
    let clock = shared_clock();
    let breaker = CircuitBreaker::new("x-reset").failure_threshold(1);
    for _ in 0..200 {
        open(&breaker);
        refusal(&breaker);
        breaker.reset();
        together(4, &clock, |_| drop(breaker.enter().unwrap()));
    }
}

#[test]
fn threads_that_use_a_name_first_at_the_same_time_get_one_circuit() {
    let clock = shared_clock();
    for round in 0..50 {
        let name: &'static str = format!("x-first-{round}").leak();
        let shared = CircuitBreaker::new(name);
        let found = crate::sync::Mutex::new(HashSet::new());
        together(8, &clock, |thread| {
            let own = CircuitBreaker::new(name);
            let breaker = if thread % 2 == 0 { &shared } else { &own };
            lock(&found).insert(std::ptr::from_ref::<Circuit>(breaker) as usize);
        });
        assert_eq!(lock(&found).len(), 1);
        assert_eq!(circuits().iter().filter(|circuit| circuit.name() == name).count(), 1);
    }
}

#[test]
fn sixteen_threads_lose_no_call_and_leave_none_in_flight() {
    const THREADS: usize = 16;
    const EACH: usize = 62_500;

    let clock = shared_clock();
    let breaker =
        CircuitBreaker::new("x-conserved").failure_threshold(3).half_open_max_calls(2).success_threshold(2);
    let [succeeded, failed, panicked, cancelled, refused, ran] = [(); 6].map(|()| AtomicUsize::new(0));
    let note = |counter: &AtomicUsize| {
        counter.fetch_add(1, Ordering::Relaxed);
    };
    together(THREADS, &clock, |thread| {
        let mut dice = fastrand::Rng::with_seed(thread as u64);
        for _ in 0..EACH {
            let what = dice.u32(0..64);
            let mut permit = breaker.permit();
            if permit.refused(Duration::ZERO).is_some() {
                note(&refused);
                if what < 8 {
                    clock.advance(RECOVERY / 4);
                }
                continue;
            }
            note(&ran);
            match what {
                0 => {
                    let panics = AssertUnwindSafe(move || {
                        let _permit = permit;
                        resume_unwind(Box::new(()))
                    });
                    assert!(catch_unwind(panics).is_err());
                    note(&panicked);
                }
                1..4 => {
                    drop(permit);
                    note(&cancelled);
                }
                4..20 => {
                    permit.failure();
                    note(&failed);
                }
                _ => {
                    permit.success();
                    note(&succeeded);
                }
            }
        }
    });
    let [succeeded, failed, panicked, cancelled, refused, ran] =
        [succeeded, failed, panicked, cancelled, refused, ran].map(AtomicUsize::into_inner);
    assert_eq!(ran + refused, THREADS * EACH);
    assert_eq!(ran, succeeded + failed + panicked + cancelled);
    assert!([succeeded, failed, panicked, cancelled, refused].iter().all(|calls| *calls > 100));
    let seen = breaker.snapshot();
    assert_eq!((seen.probes_in_flight, seen.abandoned_calls), (0, cancelled as u64));

    // What is counted is what was told: all of it, by as many threads.
    let counting =
        CircuitBreaker::new("x-counted").failure_rate(1.0).minimum_calls(2000).window(Window::Calls(2000));
    together(THREADS, &clock, |_| {
        succeed(&counting);
        (0..1000).for_each(|_| drop(counting.enter()));
        fail(&counting);
        (0..100).for_each(|_| succeed(&counting));
    });
    let seen = counting.snapshot();
    assert_eq!((seen.calls_in_window, seen.failures_in_window), (16 * 102, 16));
}
