//! What a subscriber hears of breakers with keys: their name and never a key.

use super::*;
use crate::policy::circuit_breaker::tests::told::{does_not_hang, heard, heard_by};

#[test]
fn a_circuit_tells_its_breakers_name_and_not_its_key() {
    let clock = VirtualClock::install();
    let tenants = CircuitBreaker::new("k-told").failure_threshold(1).keyed();
    let told = heard(|| {
        fail(&tenants.of("secret"));
        refusal(&tenants.of("secret"));
        clock.advance(RECOVERY);
        succeed(&tenants.of("secret"));
    });
    assert_eq!(
        told,
        [
            r#"WARN event="circuit_open" circuit="k-told" failures=1 recovery_timeout_s=30.0 reason="failure_threshold""#,
            r#"WARN event="circuit_rejected" circuit="k-told" retry_after_s=30.0"#,
            r#"INFO event="circuit_half_open" circuit="k-told""#,
            r#"INFO event="circuit_closed" circuit="k-told""#,
        ]
    );
}

#[test]
fn what_is_forgotten_is_forgotten_silently() {
    let clock = VirtualClock::install();
    let hosts = CircuitBreaker::new("k-silent").failure_threshold(1).keyed().max_keys(1);
    open(&hosts.of("a"));
    clock.advance(RECOVERY);
    let told = heard(|| (0..10).for_each(|key| succeed(&hosts.of(&key))));
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn keys_without_a_place_are_told_once_a_second() {
    let clock = VirtualClock::install();
    let hosts = CircuitBreaker::new("k-told-full").failure_threshold(1).keyed().max_keys(2);
    (0..2).for_each(|key| open(&hosts.of(&key)));
    let told = heard(|| {
        for _ in 0..100 {
            (2..12).for_each(|key| succeed(&hosts.of(&key)));
            clock.advance(SECOND / 50);
        }
    });
    assert_eq!(told, [r#"WARN event="circuit_keys_full" circuit="k-told-full" max_keys=2"#; 2]);
}

#[test]
fn a_listener_may_use_the_breaker_that_it_hears_of() {
    static HOSTS: KeyedCircuitBreaker =
        CircuitBreaker::new("k-listener").failure_threshold(1).keyed().max_keys(1);
    does_not_hang(|| {
        let told = heard_by(
            |_| {
                HOSTS.of(&1).reset();
                HOSTS.of(&3).reset();
                succeed(&HOSTS.of(&3));
                HOSTS.of(&3).force_open();
            },
            || {
                fail(&HOSTS.of(&1));
                succeed(&HOSTS.of(&2));
            },
        );
        assert_eq!(told.len(), 2, "{told:?}");
    });
}

#[test]
fn settings_that_disagree_are_told_once_with_both_places() {
    let holds = CircuitBreaker::new("k-conflict").failure_threshold(3).keyed();
    let ignored = CircuitBreaker::new("k-conflict").failure_threshold(5).keyed().max_keys(7);
    let equal = CircuitBreaker::new("k-conflict").failure_threshold(3).keyed().max_keys(1024);
    let told = heard(|| {
        for breaker in [&holds, &equal, &ignored, &holds, &ignored] {
            succeed(&breaker.of("a"));
        }
    });
    assert_eq!(told.len(), 1, "{told:?}");
    let told = told.concat();
    assert!(told.starts_with(r#"WARN event="circuit_conflict" circuit="k-conflict" holds="#), "{told}");
    assert!(told.ends_with(r#"difference="failure_threshold 3 / 5, max_keys 1024 / 7""#), "{told}");
    assert_eq!(told.matches("keys/told.rs:").count(), 2, "{told}");
}
