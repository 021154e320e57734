//! How many values are held, and which: memory is flat whatever keys come, keys in use are kept.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[test]
fn memory_is_flat_over_a_million_keys() {
    let instance = || {};
    let cached = LastGood::new().capacity(1000);
    let mut memory = Vec::new();
    for key in 0..1_000_000 {
        cached.of(instance, key).keep(&Served::from(key));
        if key % 100_000 == 99_999 {
            let values = &store(&cached).values;
            assert_eq!(values.len(), 1000, "after {key}");
            memory.push(values.memory_used().total());
        }
    }
    memory.dedup();
    assert_eq!(memory.len(), 1, "{memory:?}");
    assert!(cached.of(instance, 999_999).find::<Served<i32>>(MINUTE).is_ok());
}

static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// Counts how many there are.
struct Counted;

impl Counted {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn values_that_are_no_longer_held_are_gone() {
    let instance = || {};
    let cached = LastGood::new().capacity(50);
    let mut dice = fastrand::Rng::with_seed(7);
    for _ in 0..10_000 {
        cached.of(instance, dice.u32(0..200)).keep(&Served::from(Counted::new()));
        assert!(ALIVE.load(Ordering::Relaxed) <= 50);
    }
    assert_eq!(ALIVE.load(Ordering::Relaxed), store(&cached).values.len());
    drop(cached);
    assert_eq!(ALIVE.load(Ordering::Relaxed), 0);
}

#[test]
fn no_capacity_is_exceeded_and_small_ones_are_used_to_the_full() {
    of_one_function!(keep, find);
    for capacity in [1, 2, 3, 31, 32, 33, 100, 1000, 1024, 2047, 2048, 2049, 5001, 70_001] {
        let cached = LastGood::new().capacity(capacity);
        let keys = u32::try_from(capacity).unwrap();
        for key in 0..keys {
            keep(&cached, key, "good");
        }
        if capacity < 2048 {
            assert!((0..keys).all(|key| find(&cached, key, MINUTE).is_some()), "{capacity}");
        }
        for key in keys..keys * 3 {
            keep(&cached, key, "good");
            assert!(find(&cached, key, MINUTE).is_some(), "{capacity}: the last one is held");
        }
        let held = store(&cached).values.len();
        assert!(held <= capacity && held * 10 >= capacity * 9, "{held} of {capacity}");
    }
}

#[test]
fn a_capacity_beyond_all_memory_costs_nothing_until_it_is_used() {
    of_one_function!(keep, find);
    let cached = LastGood::new().capacity(usize::MAX);
    keep(&cached, 1, "good");
    assert!(find(&cached, 1, MINUTE).is_some());
    assert!(store(&cached).values.memory_used().total() < 10_000);
}

#[test]
fn keys_that_come_once_do_not_push_out_those_in_use() {
    of_one_function!(keep, find);
    let cached = LastGood::new().capacity(1000);
    let mut dice = fastrand::Rng::with_seed(7);
    for round in 0..100_000 {
        keep(&cached, dice.u32(0..400), "in use");
        keep(&cached, 1000 + round, "once");
    }
    assert_eq!((0..400).filter(|key| find(&cached, *key, MINUTE).is_some()).count(), 400);
}

#[test]
fn when_the_keys_in_use_change_the_new_ones_are_kept_at_once() {
    of_one_function!(keep, find);
    let cached = LastGood::new().capacity(1000);
    for day in 0..10 {
        let keys = || day * 1000..day * 1000 + 500;
        for _hour in 0..24 {
            keys().for_each(|key| keep(&cached, key, "good"));
            assert!(keys().all(|key| find(&cached, key, MINUTE).is_some()), "day {day}");
        }
    }
}
