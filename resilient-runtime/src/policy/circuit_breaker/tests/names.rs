//! The name is the circuit: who shares one, who does not, and what circuits a process has. What is
//! told when settings disagree is in `told`.

use super::*;

#[test]
fn breakers_of_one_name_are_one_circuit() {
    let one = CircuitBreaker::new("n-shared").failure_threshold(2);
    let other = CircuitBreaker::new("n-shared").failure_threshold(2);
    fail(&one);
    fail(&other);
    assert_eq!((one.state(), other.state()), (CircuitState::Open, CircuitState::Open));
    assert!(std::ptr::eq::<Circuit>(&raw const *one, &raw const *other));
    other.reset();
    succeed(&one);
}

#[test]
fn the_settings_of_the_first_one_used_hold() {
    let first_written = CircuitBreaker::new("n-first-used").failure_threshold(9);
    let first_used = CircuitBreaker::new("n-first-used").failure_threshold(1);
    fail(&first_used);
    assert_eq!(first_written.state(), CircuitState::Open);
}

#[test]
fn breakers_of_different_names_do_not_feel_each_other() {
    let clock = VirtualClock::install();
    let breakers: Vec<(u32, CircuitBreaker)> = (1..=100)
        .map(|number| {
            let name: &'static str = format!("n-many-{number}").leak();
            (number, CircuitBreaker::new(name).failure_threshold(1).recovery_timeout(SECOND * number))
        })
        .collect();
    for (_, breaker) in &breakers {
        fail(breaker);
    }
    for passed in 1..=100 {
        clock.advance(SECOND);
        for (number, breaker) in &breakers {
            let expected = if *number <= passed { CircuitState::HalfOpen } else { CircuitState::Open };
            assert_eq!(breaker.state(), expected, "{number} after {passed} s");
        }
    }
}

#[test]
fn a_circuit_can_be_found_by_name_once_it_has_been_used() {
    let breaker = CircuitBreaker::new("n-found");
    assert!(circuit("n-found").is_none(), "not used yet");
    assert!(circuit("n-nobody").is_none());
    fail(&breaker);
    let found = circuit("n-found").unwrap();
    assert_eq!((found.name(), found.snapshot().consecutive_failures), ("n-found", 1));
    found.force_open();
    assert_eq!(breaker.state(), CircuitState::Open);
}

#[test]
fn all_circuits_are_listed_once_in_the_order_of_their_first_use() {
    let (second, first) = (CircuitBreaker::new("n-listed-b"), CircuitBreaker::new("n-listed-a"));
    let again = CircuitBreaker::new("n-listed-a");
    for breaker in [&first, &second, &again] {
        succeed(breaker);
    }
    let names: Vec<_> = circuits().iter().map(|circuit| circuit.name()).collect();
    let ours: Vec<_> = names.into_iter().filter(|name| name.starts_with("n-listed")).collect();
    assert_eq!(ours, ["n-listed-a", "n-listed-b"]);
}
