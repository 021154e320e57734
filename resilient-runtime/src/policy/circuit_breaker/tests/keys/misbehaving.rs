//! Keys whose code panics, or comes back to the breaker: in `hash`, `==`, `to_owned` and `drop`. What is
//! remembered stays as it was, and no lock is held that they would wait for.

use std::cell::Cell;

use super::*;

thread_local! {
    static PANICS_IN: Cell<&'static str> = const { Cell::new("") };
    static COMES_BACK_IN: Cell<&'static str> = const { Cell::new("") };
}

static HOSTS: KeyedCircuitBreaker = CircuitBreaker::new("k-misbehaving").keyed().max_keys(4);

/// Its number; `==` and `hash` go by it.
#[derive(Debug)]
struct Key(u32);

fn here(place: &str) {
    if PANICS_IN.get() == place {
        PANICS_IN.set("");
        resume_unwind(Box::new(()));
    }
    if COMES_BACK_IN.get() == place {
        COMES_BACK_IN.set("");
        (100..110).for_each(|key| fail(&HOSTS.of(&Key(key))));
        fail(&HOSTS.of(&Key(1)));
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        here("eq");
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        here("hash");
        self.0.hash(state);
    }
}

impl Clone for Key {
    fn clone(&self) -> Self {
        here("clone");
        Self(self.0)
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        here("drop");
    }
}

fn failures(key: u32) -> u32 {
    HOSTS.of(&Key(key)).snapshot().consecutive_failures
}

/// Both in one test: they share a breaker.
#[test]
fn a_key_that_panics_or_comes_back_changes_nothing_but_its_own_call() {
    HOSTS.of(&Key(0)).force_open();
    for (place, of) in [("hash", 0), ("hash", 50), ("eq", 0), ("clone", 50), ("drop", 60)] {
        (1..4).for_each(|key| drop(HOSTS.of(&Key(key))));
        PANICS_IN.set(place);
        let key = Key(of);
        let outcome = catch_unwind(AssertUnwindSafe(|| drop(HOSTS.of(&key))));
        assert!(outcome.is_err() && PANICS_IN.get().is_empty(), "{place}");
        assert_eq!((HOSTS.of(&Key(0)).state(), HOSTS.size().0), (CircuitState::Open, 4), "{place}");
    }
    for (place, of) in [("hash", 0), ("hash", 70), ("eq", 0), ("eq", 1), ("clone", 80), ("drop", 90)] {
        (1..4).for_each(|key| drop(HOSTS.of(&Key(key))));
        let key = Key(of);
        COMES_BACK_IN.set(place);
        let found = HOSTS.of(&key);
        assert!(COMES_BACK_IN.get().is_empty(), "{place}");
        assert!(same(&found, &HOSTS.of(&key)), "{place}: it is remembered");
        assert_eq!((HOSTS.of(&Key(0)).state(), HOSTS.size().0), (CircuitState::Open, 4), "{place}");
    }
    fail(&HOSTS.of(&Key(5)));
    assert_eq!(failures(5), 1);
}

#[test]
fn a_key_is_hashed_once_for_a_call_and_copied_only_for_a_new_circuit() {
    thread_local! {
        static DONE: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
    }
    #[derive(PartialEq, Eq)]
    struct Counting(u32);
    impl Hash for Counting {
        fn hash<H: Hasher>(&self, state: &mut H) {
            DONE.set((DONE.get().0 + 1, DONE.get().1));
            self.0.hash(state);
        }
    }
    impl Clone for Counting {
        fn clone(&self) -> Self {
            DONE.set((DONE.get().0, DONE.get().1 + 1));
            Self(self.0)
        }
    }
    let hosts = CircuitBreaker::new("k-counting").keyed().max_keys(100);
    // While it fills up, and when it is full.
    for key in 0..300 {
        DONE.set((0, 0));
        drop(hosts.of(&Counting(key)));
        assert_eq!(DONE.get(), (1, 1), "{key}");
        drop(hosts.of(&Counting(key)));
        assert_eq!(DONE.get(), (2, 1), "{key}");
    }
}
