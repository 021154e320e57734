//! Many threads that use the keys of one breaker at once.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::policy::circuit_breaker::tests::threads::{shared_clock, together};

#[test]
fn threads_that_use_a_key_first_at_the_same_time_get_one_circuit() {
    let clock = shared_clock();
    for round in 0..50 {
        let name: &'static str = format!("k-first-{round}").leak();
        // The first use of the breaker, too.
        let shared = CircuitBreaker::new(name).keyed();
        let found = Mutex::new(HashSet::new());
        let keep = Mutex::new(Vec::new());
        together(64, &clock, |thread| {
            let own = CircuitBreaker::new(name).keyed();
            let circuit = if thread % 2 == 0 { shared.of("a") } else { own.of("a") };
            lock(&found).insert(std::ptr::from_ref::<Circuit>(&circuit) as usize);
            lock(&keep).push(circuit);
        });
        assert_eq!((lock(&found).len(), shared.size().0), (1, 1), "round {round}");
    }
}

#[test]
fn under_many_threads_bounds_hold_open_circuits_stay_and_no_key_gets_anothers() {
    let clock = shared_clock();
    let hosts = CircuitBreaker::new("k-threads").failure_threshold(1).keyed().max_keys(64);
    // Of these keys all calls fail, of the others none.
    let is_down = |key: u32| key % 97 == 0;
    let refusals = AtomicUsize::new(0);
    together(8, &clock, |thread| {
        let mut dice = fastrand::Rng::with_seed(thread as u64);
        for _ in 0..5000 {
            let key = dice.u32(0..1000);
            let outcome = hosts.of(&key).call(|| if is_down(key) { Err(Failure::Down) } else { Ok(()) });
            let is_refused = matches!(outcome, Err(Failure::Open(_)));
            refusals.fetch_add(usize::from(is_refused), Ordering::Relaxed);
            assert!(is_down(key) || outcome.is_ok(), "{key} pays for another key");
            assert!(hosts.size().0 <= 64);
        }
    });
    assert!(refusals.into_inner() > 100);
    let open = (0..1000).filter(|key| is_down(*key) && hosts.of(key).state() == CircuitState::Open);
    assert_eq!(open.count(), (0..1000).filter(|key| is_down(*key)).count());
}

#[test]
fn failures_of_one_key_on_many_threads_are_all_counted() {
    let clock = shared_clock();
    let hosts = CircuitBreaker::new("k-count").failure_threshold(64).keyed().max_keys(100);
    // What somebody holds is not forgotten while others are there that nobody holds.
    let held = hosts.of("a");
    together(64, &clock, |thread| {
        (0..20).for_each(|cold| drop(hosts.of(&(thread, cold))));
        fail(&hosts.of("a"));
        (20..40).for_each(|cold| drop(hosts.of(&(thread, cold))));
    });
    assert_eq!((hosts.of("a").state(), held.state()), (CircuitState::Open, CircuitState::Open));
}
