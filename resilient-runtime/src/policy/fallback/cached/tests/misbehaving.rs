//! Users' code that panics, or comes back while the cache is at work: in `clone`, `drop`, `hash` and
//! `==`. Values stay as they were, and no lock is held that the user's code would wait for.

use std::cell::Cell;
use std::hash::Hasher;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::*;

thread_local! {
    static PANICS_IN: Cell<&'static str> = const { Cell::new("") };
}

fn here(place: &str) {
    if PANICS_IN.get() == place {
        PANICS_IN.set("");
        resume_unwind(Box::new(()));
    }
}

/// Whether `work` panics, when the next `place` does.
fn panics(place: &'static str, work: impl FnOnce()) -> bool {
    PANICS_IN.set(place);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    PANICS_IN.set("");
    outcome.is_err()
}

#[derive(Debug, PartialEq)]
struct Value(u32);

impl Clone for Value {
    fn clone(&self) -> Self {
        here("clone");
        Self(self.0)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        here("drop");
    }
}

#[derive(Debug, Eq)]
struct Name(u32);

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        here("eq");
        self.0 == other.0
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        here("hash");
        self.0.hash(state);
    }
}

#[test]
fn a_panic_in_the_users_code_goes_to_the_caller_and_changes_nothing_else() {
    let instance = || {};
    let cached = LastGood::new().capacity(4);
    let keep = |key, value| cached.of(instance, Name(key)).keep(&Served::from(Value(value)));
    let find = |key| {
        let found = cached.of(instance, Name(key)).find::<Served<Value>>(MINUTE).ok();
        found.map(|(value, _)| value.0)
    };
    keep(1, 10);
    for place in ["clone", "hash", "eq"] {
        assert!(panics(place, || keep(1, 11)), "keep: {place}");
        assert_eq!(find(1), Some(10), "keep: {place}");
        assert!(panics(place, || assert_eq!(find(1), None)), "find: {place}");
        assert_eq!(find(1), Some(10), "find: {place}");
    }
    keep(1, 12);
    assert_eq!(find(1), Some(12));
    // A value that goes may take what it likes with it, but not the one that comes.
    let comes = Served::from(Value(13));
    assert!(panics("drop", || cached.of(instance, Name(1)).keep(&comes)));
    assert_eq!(find(1), Some(13));
    // Whatever was left half done would come to light when the cache grows and evicts.
    for key in 0..10_000 {
        keep(key, key);
        assert_eq!(find(key), Some(key));
    }
    assert_eq!(store(&cached).values.len(), 4);
}

#[test]
fn a_key_is_hashed_once_when_it_comes_and_never_again_under_the_lock() {
    thread_local! {
        static HASHED: Cell<u32> = const { Cell::new(0) };
    }
    #[derive(PartialEq, Eq)]
    struct Counting(u32);
    impl Hash for Counting {
        fn hash<H: Hasher>(&self, state: &mut H) {
            HASHED.set(HASHED.get() + 1);
            self.0.hash(state);
        }
    }
    let instance = || {};
    let cached = LastGood::new().capacity(1000);
    // While the cache grows, and while it evicts.
    for key in 0..5000 {
        HASHED.set(0);
        cached.of(instance, Counting(key)).keep(&Served::from(key));
        assert_eq!(HASHED.get(), 1, "keep {key}");
        assert!(cached.of(instance, Counting(key)).find::<Served<u32>>(MINUTE).is_ok());
        assert_eq!(HASHED.get(), 2, "find {key}");
    }
}

static REENTERED: LastGood = LastGood::new().capacity(1000);
static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// If it says so, uses the cache that holds it whenever it is copied or dropped.
#[derive(Debug)]
struct Reentrant(bool);

fn instance() {}

fn find(key: u32) -> Option<(Served<Reentrant>, Duration)> {
    REENTERED.of(instance, key).find(MINUTE).ok()
}

fn reenter() {
    drop(find(0));
    REENTERED.of(instance, 0_u32).keep(&Served::from(Reentrant(false)));
}

impl Clone for Reentrant {
    fn clone(&self) -> Self {
        if self.0 {
            reenter();
        }
        Self(self.0)
    }
}

impl Drop for Reentrant {
    fn drop(&mut self) {
        if self.0 {
            DROPPED.fetch_add(1, Ordering::Relaxed);
            reenter();
        }
    }
}

#[test]
fn a_value_that_comes_back_while_it_is_copied_or_dropped_meets_no_lock() {
    let (done, most_at_once) = mpsc::channel();
    std::thread::spawn(move || {
        let mut dice = fastrand::Rng::with_seed(7);
        let mut most = 0;
        for day in 0..10 {
            let mut keys: Vec<u32> = (1..900).map(|key| day * 1000 + key).collect();
            for _hour in 0..3 {
                dice.shuffle(&mut keys);
                for key in &keys {
                    let value = Served::from(Reentrant(true));
                    let before = DROPPED.load(Ordering::Relaxed);
                    REENTERED.of(instance, *key).keep(&value);
                    most = most.max(DROPPED.load(Ordering::Relaxed) - before);
                }
                drop(keys.first().and_then(|key| find(*key)));
            }
        }
        done.send(most).unwrap();
    });
    // Real time passes only if it hangs.
    let most_at_once = most_at_once.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(most_at_once > 2, "no more than {most_at_once} values were evicted by one that came");
}
