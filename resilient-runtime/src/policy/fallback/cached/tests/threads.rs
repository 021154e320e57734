//! One cache under sixteen threads that keep and find the same few keys.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::clock::Virtual;

const THREADS: u32 = 16;

/// Runs `work` on all threads at once, by one clock.
fn together(work: impl Fn(u32, &Virtual) + Sync) {
    let clock = Arc::new(Virtual::new());
    let start = Barrier::new(THREADS as usize);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (start, work, clock) = (&start, &work, &clock);
            scope.spawn(move || {
                Virtual::install(Some(Arc::clone(clock)));
                start.wait();
                work(thread, clock);
            });
        }
    });
}

#[test]
fn none_gets_a_value_of_another_key_or_one_that_is_too_old() {
    static CACHED: LastGood = LastGood::new().capacity(60);
    let instance = || {};
    let found_some = AtomicUsize::new(0);
    together(|thread, clock| {
        let mut dice = fastrand::Rng::with_seed(u64::from(thread));
        for _ in 0..5000 {
            let key = dice.u32(0..100);
            let about = format!("{key}");
            if dice.bool() {
                CACHED.of(instance, key).keep(&Served::from((key, clock.now())));
                CACHED.of(instance, about.clone()).keep(&Served::from(about.clone()));
            }
            if let Ok((value, age)) = CACHED.of(instance, key).find::<Served<(u32, Moment)>>(SECOND) {
                found_some.fetch_add(1, Ordering::Relaxed);
                let (of, at) = *value;
                assert_eq!(of, key);
                // `at` was read before the value was kept.
                assert!(age <= SECOND && age <= clock.now().since(at), "{age:?}");
            }
            if let Ok((value, _)) = CACHED.of(instance, about.clone()).find::<Served<String>>(SECOND) {
                assert_eq!(*value, about);
            }
            if dice.u32(0..20) == 0 {
                clock.advance(SECOND / 16);
            }
        }
    });
    assert!(store(&CACHED).values.len() <= 60);
    assert!(found_some.into_inner() > 1000);
}

#[test]
fn threads_that_use_it_first_at_the_same_time_use_one_cache() {
    for _ in 0..50 {
        let cached = LastGood::new();
        let instance = || {};
        together(|thread, _| cached.of(instance, thread).keep(&Served::from(thread)));
        assert_eq!(store(&cached).values.len(), THREADS as usize);
    }
}
