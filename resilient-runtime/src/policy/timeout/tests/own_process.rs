//! What sync timeouts leave behind, seen in a process that runs nothing else. Real time is the subject.

#![allow(clippy::unwrap_used)]

use std::panic::{catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::alone::alone;
use crate::policy::timeout::{abandoned_workers, timeout_sync};
use crate::{is_cancelled, remaining};

const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn the_end_of_the_process_does_not_wait_for_a_body_that_hangs() {
    let took = alone(module_path!(), "the_end_of_the_process_does_not_wait_for_a_body_that_hangs", || {
        let hangs = || loop {
            std::thread::park();
        };
        let outcome: Result<(), _> = timeout_sync(MILLISECOND, "hangs", hangs);
        outcome.unwrap_err();
    });
    assert!(took < Duration::from_secs(30), "{took:?}");
}

/// Half of the bodies end when their caller has gone; the next on their workers has its own time, result and
/// panic.
#[test]
fn what_a_worker_does_next_hears_nothing_of_the_caller_who_gave_it_up() {
    alone(module_path!(), "what_a_worker_does_next_hears_nothing_of_the_caller_who_gave_it_up", || {
        let given_up = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for caller in 0..4 {
                let given_up = &given_up;
                scope.spawn(move || {
                    for round in 0..25_000 {
                        let ends = move || {
                            if round % 2 == 0 {
                                resume_unwind(Box::new("given up"))
                            }
                        };
                        let ended = catch_unwind(|| timeout_sync(Duration::ZERO, "given up", ends));
                        given_up.fetch_add(u32::from(matches!(ended, Ok(Err(_)))), Ordering::Relaxed);
                        let sees = move || (caller, round, is_cancelled(), remaining());
                        let (by, at, cancelled, left) = timeout_sync(HOUR, "victim", sees).unwrap();
                        assert_eq!((by, at, cancelled), (caller, round, false));
                        assert!(left.unwrap() > HOUR / 2, "{left:?}");
                    }
                });
            }
        });
        assert!(given_up.into_inner() > 50_000);
    });
}

/// Whether they succeed or fail.
#[test]
#[cfg(target_os = "linux")]
fn a_hundred_thousand_calls_in_time_leave_no_thread_and_no_memory() {
    use crate::alone::{resident, threads};

    alone(module_path!(), "a_hundred_thousand_calls_in_time_leave_no_thread_and_no_memory", || {
        let calls = |count: u32| {
            for call in 0..count {
                let body = move || if call % 2 == 0 { Ok([call; 32]) } else { Err([call; 16]) };
                assert_eq!(timeout_sync(HOUR, "quick", body).unwrap(), body());
            }
        };
        calls(1000);
        let before = (threads(), resident());
        calls(100_000);
        // A caller goes on before its worker is idle again, so a few of them take turns.
        let (threads, grown) = (threads(), resident().saturating_sub(before.1));
        assert!(threads <= before.0 + 16, "{threads} threads");
        assert!(grown < 2048, "{grown} KiB");
    });
}

/// Each holds its worker for ten times its limit; what ends lets its worker be used again.
#[test]
#[cfg(target_os = "linux")]
fn a_thousand_timeouts_leave_no_more_threads_than_ran_at_once() {
    use crate::alone::threads;

    alone(module_path!(), "a_thousand_timeouts_leave_no_more_threads_than_ran_at_once", || {
        let before = threads();
        let timed_out = (0..1000)
            .filter(|_| timeout_sync(MILLISECOND, "slow", || std::thread::sleep(10 * MILLISECOND)).is_err())
            .count();
        assert!(timed_out > 900, "{timed_out}");
        let began = std::time::Instant::now();
        while abandoned_workers() > 0 {
            assert!(began.elapsed() < Duration::from_secs(30));
            std::thread::sleep(MILLISECOND);
        }
        // Ten run at once where the machine keeps up, and never more than may be abandoned.
        let idle = threads() - before;
        assert!(idle <= crate::MAX_ABANDONED_WORKERS + 1, "{idle}");
        // And those take what comes next.
        for _ in 0..1000 {
            timeout_sync(Duration::from_secs(30), "quick", || ()).unwrap();
        }
        assert!(threads() - before <= idle + 1);
    });
}
