//! What can only be seen in a process that runs nothing else.

use super::*;
use crate::alone::alone;

/// tokio's paused clock differs from runtime to runtime, and the epoch of ours is the process's: the order
/// in which tests come to it matters.
#[test]
fn a_paused_test_that_ran_earlier_does_not_stop_the_clock() {
    alone(module_path!(), "a_paused_test_that_ran_earlier_does_not_stop_the_clock", || {
        for (name, hours_before) in [("n-paused-1", 10), ("n-paused-2", 0), ("n-paused-3", 1)] {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
                tokio::time::advance(SECOND * 3600 * hours_before).await;
                let breaker = CircuitBreaker::new(name).failure_threshold(1);
                fail(&breaker);
                tokio::time::advance(SECOND * 29).await;
                assert_eq!(breaker.state(), CircuitState::Open, "{name}");
                tokio::time::advance(SECOND).await;
                assert_eq!(breaker.state(), CircuitState::HalfOpen, "{name}");
            });
        }
    });
}

/// Nothing waits for an open circuit's time to come: neither a thread nor the end of the process.
#[test]
#[cfg(target_os = "linux")]
fn open_circuits_run_nothing_in_the_background() {
    use crate::alone::threads;

    let took = alone(module_path!(), "open_circuits_run_nothing_in_the_background", || {
        let before = threads();
        for number in 0..10_000 {
            let name: &'static str = format!("n-background-{number}").leak();
            let breaker = CircuitBreaker::new(name).failure_threshold(1).recovery_timeout(SECOND * 3600);
            fail(&breaker);
            assert_eq!(breaker.state(), CircuitState::Open);
        }
        assert_eq!(threads(), before);
    });
    assert!(took < SECOND * 60, "{took:?}");
}
