//! Circuits under tokio's paused clock, which differs from runtime to runtime. All other tests go by
//! the crate's own virtual clock.

use super::*;

/// Set in the process that [`a_paused_test_that_ran_earlier_does_not_stop_the_clock`] starts.
const IN_A_PROCESS_OF_ITS_OWN: &str = "RESILIENT_TEST_PAUSED_CLOCKS";

/// The clock's epoch is the process's, so the order in which tests come to it matters: this one runs
/// its own test binary again, for a process in which nothing else has read the clock.
#[test]
fn a_paused_test_that_ran_earlier_does_not_stop_the_clock() {
    if std::env::var_os(IN_A_PROCESS_OF_ITS_OWN).is_some() {
        return one_paused_test_after_another();
    }
    let path = concat!(module_path!(), "::a_paused_test_that_ran_earlier_does_not_stop_the_clock");
    let (_, name) = path.split_once("::").unwrap();
    let again = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(IN_A_PROCESS_OF_ITS_OWN, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && said.contains("1 passed"), "{said}");
}

fn one_paused_test_after_another() {
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
}
