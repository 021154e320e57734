//! Circuits by key: whose circuit is whose, and what they have in common. Which are remembered, keys that
//! misbehave, threads and events have files below.

use std::hash::{Hash, Hasher};

use super::*;
use crate::policy::circuit_breaker::KeyedCircuitBreaker;

mod misbehaving;
mod remembered;
mod threads;
mod told;

/// The identity of a circuit.
fn same(one: &Circuit, other: &Circuit) -> bool {
    std::ptr::eq(one, other)
}

#[test]
fn each_key_has_a_circuit_of_its_own() {
    let clock = VirtualClock::install();
    let hosts = CircuitBreaker::new("k-own").failure_threshold(2).keyed();
    open(&hosts.of("a"));
    fail(&hosts.of("b"));
    succeed(&hosts.of("c"));
    let states = || ["a", "b", "c"].map(|host| hosts.of(host).state());
    assert_eq!(states(), [CircuitState::Open, CircuitState::Closed, CircuitState::Closed]);
    assert_eq!(["a", "b", "c"].map(|host| hosts.of(host).snapshot().consecutive_failures), [0, 1, 0]);
    clock.advance(RECOVERY);
    fail(&hosts.of("b"));
    assert_eq!(states(), [CircuitState::HalfOpen, CircuitState::Open, CircuitState::Closed]);
    succeed(&hosts.of("a"));
    assert_eq!(states(), [CircuitState::Closed, CircuitState::Open, CircuitState::Closed]);
    hosts.of("b").reset();
    assert_eq!(states(), [CircuitState::Closed; 3]);
}

#[test]
fn all_keys_have_the_breakers_name_and_settings() {
    let clock = VirtualClock::install();
    let hosts = CircuitBreaker::new("k-settings")
        .failure_threshold(3)
        .recovery_timeout(SECOND * 7)
        .success_threshold(2)
        .keyed()
        .max_keys(200);
    for host in 0..100 {
        let circuit = hosts.of(&host);
        (0..3).for_each(|_| fail(&circuit));
        let expected = CircuitOpenError { name: "k-settings", retry_after: SECOND * 7 };
        assert_eq!(refusal(&circuit), expected, "{host}");
    }
    clock.advance(SECOND * 7);
    for host in 0..100 {
        succeed(&hosts.of(&host));
        assert_eq!(hosts.of(&host).state(), CircuitState::HalfOpen, "{host}");
        succeed(&hosts.of(&host));
        assert_eq!(hosts.of(&host).state(), CircuitState::Closed, "{host}");
    }
    let other = CircuitBreaker::new("k-settings-other").failure_threshold(1).keyed();
    fail(&other.of(&1));
    assert_eq!(refusal(&other.of(&1)).retry_after, RECOVERY, "another breaker's are not touched");
}

#[test]
fn a_window_belongs_to_one_key() {
    let _clock = VirtualClock::install();
    let hosts = CircuitBreaker::new("k-window").failure_rate(0.5).minimum_calls(4).keyed();
    for host in ["a", "b"] {
        (0..2).for_each(|_| fail(&hosts.of(host)));
        succeed(&hosts.of(host));
    }
    let counts = |host| {
        let seen = hosts.of(host).snapshot();
        (seen.state, seen.calls_in_window)
    };
    assert_eq!([counts("a"), counts("b")], [(CircuitState::Closed, 3); 2]);
    fail(&hosts.of("a"));
    assert_eq!([counts("a"), counts("b")], [(CircuitState::Open, 0), (CircuitState::Closed, 3)]);
}

#[test]
fn a_key_is_the_same_owned_or_borrowed() {
    let hosts = CircuitBreaker::new("k-borrowed").keyed();
    assert!(same(&hosts.of("a"), &hosts.of(&String::from("a"))));
    assert!(same(&hosts.of(&[1, 2][..]), &hosts.of(&vec![1, 2])));
    assert_eq!(hosts.size().0, 2);
}

#[test]
fn equal_values_of_different_types_are_different_keys() {
    let hosts = CircuitBreaker::new("k-types").keyed();
    open(&hosts.of(&1_u32));
    assert_eq!(hosts.of(&1_i32).state(), CircuitState::Closed);
    assert_eq!(hosts.of(&(1_u32,)).state(), CircuitState::Closed);
    assert_eq!(hosts.of(&1_u32).state(), CircuitState::Open);
}

#[test]
fn tuples_that_look_alike_when_joined_are_different_keys() {
    let hosts = CircuitBreaker::new("k-tuples").keyed();
    let texts = ["", "a", "b", ":", "a:", ":b", "a:b", "ab", "\0", "a\0", "::"];
    let pairs = || texts.iter().flat_map(|left| texts.iter().map(move |right| (*left, *right)));
    let circuits: Vec<_> = pairs().map(|pair| hosts.of(&pair)).collect();
    for (number, pair) in pairs().enumerate() {
        let found: Vec<_> = circuits.iter().map(|circuit| same(circuit, &hosts.of(&pair))).collect();
        assert_eq!(found.iter().filter(|is_same| **is_same).count(), 1, "{pair:?}");
        assert_eq!(found.get(number), Some(&true), "{pair:?}");
    }
}

/// All hashes are one: what tells these apart is `==` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SameHash(u32);

impl Hash for SameHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        0.hash(state);
    }
}

#[test]
fn keys_whose_hashes_collide_are_still_different_keys() {
    let hosts = CircuitBreaker::new("k-collide").failure_threshold(1).keyed().max_keys(50);
    for key in 0..150 {
        let circuit = hosts.of(&SameHash(key));
        assert_eq!(circuit.state(), CircuitState::Closed, "{key}");
        assert!(same(&circuit, &hosts.of(&SameHash(key))), "{key}");
        if key % 30 == 0 {
            fail(&circuit);
        }
    }
    for key in 0..150 {
        let expected = if key % 30 == 0 { CircuitState::Open } else { CircuitState::Closed };
        assert_eq!(hosts.of(&SameHash(key)).state(), expected, "{key}");
    }
    assert_eq!(hosts.size().0, 50);
}

#[test]
fn breakers_of_one_name_have_one_circuit_for_a_key() {
    let one = CircuitBreaker::new("k-shared").failure_threshold(2).keyed();
    let other = CircuitBreaker::new("k-shared").failure_threshold(2).keyed();
    fail(&one.of("a"));
    fail(&other.of("a"));
    assert_eq!((one.of("a").state(), other.of("b").state()), (CircuitState::Open, CircuitState::Closed));
    let elsewhere = CircuitBreaker::new("k-elsewhere").failure_threshold(2).keyed();
    assert_eq!(elsewhere.of("a").state(), CircuitState::Closed, "another name");
}

#[test]
fn circuits_with_a_key_are_not_among_those_without() {
    let (keyed, plain) = (CircuitBreaker::new("k-apart").keyed(), CircuitBreaker::new("k-apart"));
    open(&keyed.of("a"));
    assert!(circuit("k-apart").is_none());
    succeed(&plain);
    assert!(same(circuit("k-apart").unwrap(), &plain));
    let listed = circuits().into_iter().filter(|circuit| circuit.name() == "k-apart");
    assert_eq!(listed.map(Circuit::state).collect::<Vec<_>>(), [CircuitState::Closed]);
}

#[test]
fn keys_are_not_shown() {
    static TENANTS: KeyedCircuitBreaker = CircuitBreaker::new("k-shown").keyed();
    let shown = format!("{:?} {TENANTS:?}", TENANTS.of("secret"));
    assert!(shown.contains("k-shown") && !shown.contains("secret"), "{shown}");
}
