//! Which circuits are remembered: never more than there are places, closed ones by recency, the others
//! before all else.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// `count` further keys, none of which comes back.
fn flood(hosts: &KeyedCircuitBreaker, count: u32) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    for _ in 0..count {
        succeed(&hosts.of(&("cold", NEXT.fetch_add(1, Ordering::Relaxed))));
    }
}

static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// Counts how many there are.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Counted(u32);

impl Counted {
    fn new(key: u32) -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self(key)
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self::new(self.0)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn memory_is_flat_over_a_million_keys() {
    let hosts = CircuitBreaker::new("k-million").keyed().max_keys(1000);
    let mut room = Vec::new();
    for key in 0..1_000_000 {
        let key = Counted::new(key);
        succeed(&hosts.of(&key));
        // This one, and those that are remembered.
        assert!(ALIVE.load(Ordering::Relaxed) <= 1001);
        if key.0 % 100_000 == 99_999 {
            room.push(hosts.size());
        }
    }
    room.dedup();
    assert_eq!((room.len(), room.first().map(|(circuits, _)| *circuits)), (1, Some(1000)), "{room:?}");
}

#[test]
fn the_default_is_1024_circuits() {
    let hosts = CircuitBreaker::new("k-default").keyed();
    flood(&hosts, 3000);
    assert_eq!(hosts.size().0, 1024);
}

#[test]
fn no_bound_is_exceeded_and_small_ones_are_used_to_the_full() {
    for (max_keys, name) in [(1, "k-bound-1"), (2, "k-bound-2"), (3, "k-bound-3"), (100, "k-bound-100")] {
        let hosts = CircuitBreaker::new(name).keyed().max_keys(max_keys);
        (0..max_keys).for_each(|key| fail(&hosts.of(&key)));
        assert!((0..max_keys).all(|key| hosts.of(&key).snapshot().consecutive_failures == 1), "{max_keys}");
        for key in max_keys..max_keys * 3 {
            let circuit = hosts.of(&key);
            assert!(same(&circuit, &hosts.of(&key)), "{max_keys}: the last one is remembered");
        }
        assert_eq!(hosts.size().0, usize::try_from(max_keys).unwrap());
    }
    let endless = CircuitBreaker::new("k-bound-endless").keyed().max_keys(u32::MAX);
    flood(&endless, 3);
    assert!(endless.size().1 < 100, "room is made as it is needed");
}

#[test]
fn a_circuit_that_was_forgotten_comes_back_as_a_new_one() {
    let _clock = VirtualClock::install();
    let hosts = CircuitBreaker::new("k-new").failure_rate(1.0).minimum_calls(9).keyed().max_keys(10);
    let new = hosts.of("a").snapshot();
    (0..8).for_each(|_| fail(&hosts.of("a")));
    assert_ne!(hosts.of("a").snapshot(), new);
    flood(&hosts, 20);
    assert_eq!(hosts.of("a").snapshot(), new);
    (0..8).for_each(|_| fail(&hosts.of("a")));
    assert_eq!(hosts.of("a").state(), CircuitState::Closed, "it counts from the beginning");
    fail(&hosts.of("a"));
    assert_eq!(hosts.of("a").state(), CircuitState::Open);
}

#[test]
fn of_closed_ones_those_are_forgotten_first_that_were_not_used_of_late() {
    let hosts = CircuitBreaker::new("k-recency").failure_threshold(100).keyed().max_keys(10);
    let used = || (0..5).for_each(|key| fail(&hosts.of(&key)));
    for round in 1..=20 {
        used();
        flood(&hosts, 4);
        let failures = (0..5).map(|key| hosts.of(&key).snapshot().consecutive_failures);
        assert_eq!(failures.collect::<Vec<_>>(), [round; 5]);
    }
    flood(&hosts, 20);
    assert!((0..5).all(|key| hosts.of(&key).snapshot().consecutive_failures == 0), "now they are cold, too");
}

#[test]
fn where_all_were_used_the_one_that_came_first_makes_room() {
    let hosts = CircuitBreaker::new("k-first-come").keyed().max_keys(3);
    for key in 0_u32..100 {
        let last_three = || key.saturating_sub(2)..=key;
        fail(&hosts.of(&key));
        assert!(last_three().all(|key| hosts.of(&key).snapshot().consecutive_failures == 1), "{key}");
    }
}

#[test]
fn a_circuit_with_a_call_running_through_it_goes_after_those_without() {
    let hosts = CircuitBreaker::new("k-running").keyed().max_keys(10);
    let running = [1, 2, 3].map(|key| hosts.of(&key));
    let permits = running.each_ref().map(|circuit| circuit.enter().unwrap());
    flood(&hosts, 100);
    permits.into_iter().for_each(Permit::failure);
    assert_eq!([1, 2, 3].map(|key| hosts.of(&key).snapshot().consecutive_failures), [1; 3]);
}

#[test]
fn a_call_whose_circuit_is_forgotten_ends_as_any_other_and_changes_nothing() {
    let hosts = CircuitBreaker::new("k-late").failure_threshold(1).keyed().max_keys(1);
    let circuit = hosts.of("a");
    let [failing, good, cancelled] = [(); 3].map(|()| circuit.enter().unwrap());
    succeed(&hosts.of("b"));
    failing.failure();
    good.success();
    drop(cancelled);
    assert_eq!(hosts.of("b").state(), CircuitState::Closed);
    assert_eq!(hosts.of("a").state(), CircuitState::Closed);
    assert_eq!(circuit.state(), CircuitState::Open, "it goes on for whoever holds it");
}

#[test]
fn open_half_open_and_forced_circuits_outlast_any_flood() {
    let clock = VirtualClock::install();
    let hosts =
        CircuitBreaker::new("k-flood").failure_threshold(1).half_open_max_calls(2).keyed().max_keys(8);
    open(&hosts.of("probed"));
    open(&hosts.of("unprobed"));
    clock.advance(RECOVERY);
    let probed = hosts.of("probed");
    let probe = probed.enter().unwrap();
    open(&hosts.of("open"));
    hosts.of("forced open").force_open();
    hosts.of("forced closed").force_closed();
    let held = ["probed", "unprobed", "open", "forced open", "forced closed"];
    let seen = || held.map(|host| hosts.of(host).snapshot());
    let before = seen();
    flood(&hosts, 1000);
    assert_eq!((seen(), hosts.size().0), (before, 8));
    fail(&hosts.of("forced closed"));
    assert_eq!(hosts.of("forced closed").state(), CircuitState::Closed, "it is still forced");
    probe.success();
    assert_eq!(hosts.of("probed").state(), CircuitState::Closed);
}

#[test]
fn when_all_places_are_held_a_further_key_gets_a_circuit_that_is_not_remembered() {
    let _clock = VirtualClock::install();
    let hosts = CircuitBreaker::new("k-full").failure_threshold(2).keyed().max_keys(3);
    (0..3).for_each(|key| open(&hosts.of(&key)));
    for _ in 0..10 {
        let further = hosts.of("further");
        assert_eq!((further.state(), further.name()), (CircuitState::Closed, "k-full"));
        fail(&further);
        assert_eq!(hosts.of("further").snapshot().consecutive_failures, 0);
    }
    assert_eq!((hosts.size().0, hosts.of(&0).state()), (3, CircuitState::Open));
    hosts.of(&1).reset();
    (0..2).for_each(|_| fail(&hosts.of("further")));
    assert_eq!(hosts.of("further").state(), CircuitState::Open, "now it has a place");
    assert_eq!([0, 2].map(|key| hosts.of(&key).state()), [CircuitState::Open; 2]);
    assert_eq!(hosts.size().0, 3);
}

#[test]
fn keys_that_went_down_and_never_came_back_do_not_hold_their_places_for_ever() {
    let clock = VirtualClock::install();
    let hosts = CircuitBreaker::new("k-gone").failure_threshold(1).keyed().max_keys(4);
    (0..4).for_each(|key| open(&hosts.of(&key)));
    clock.advance(RECOVERY / 2);
    open(&hosts.of("not remembered"));
    clock.advance(RECOVERY / 2);
    // Of these one is still in use.
    drop(hosts.of(&1));
    for key in 4..7 {
        open(&hosts.of(&key));
    }
    let states = [1, 4, 5, 6].map(|key| hosts.of(&key).state());
    assert_eq!(states, [CircuitState::HalfOpen, CircuitState::Open, CircuitState::Open, CircuitState::Open]);
    let probed = hosts.of(&1);
    let probe = probed.enter().unwrap();
    open(&hosts.of("not remembered"));
    assert_eq!(hosts.of("not remembered").state(), CircuitState::Closed, "the last one is being probed");
    probe.failure();
    assert_eq!(hosts.of(&1).state(), CircuitState::Open);
}
