//! What sync timeouts leave behind, seen in a process that runs nothing else. Real time is the subject.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use crate::alone::alone;
use crate::policy::timeout::{abandoned_workers, timeout_sync};

const MILLISECOND: Duration = Duration::from_millis(1);

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
