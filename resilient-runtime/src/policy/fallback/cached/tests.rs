//! The last good values as one caller meets them: which value is found, for how long, and for whom.
//! Bounds, threads, users' code that misbehaves and tokio's clock have files below.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::policy::fallback::{Degradation, Served, Tier};
use crate::testing::VirtualClock;

mod bounded;
mod misbehaving;
#[cfg(feature = "tokio")]
mod paused;
mod shared;
mod threads;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Keeps and finds as code inside one function does: always under the same closure.
macro_rules! of_one_function {
    ($keep:ident, $find:ident) => {
        let instance = || {};
        #[allow(unused)]
        let $keep = |cached: &LastGood, key: u32, value: &str| {
            cached.of(instance, key).keep(&Served::from(value.to_owned()));
        };
        #[allow(unused)]
        let $find = |cached: &LastGood, key: u32, max_age: Duration| {
            let found = cached.of(instance, key).find::<Served<String>>(max_age).ok();
            found.map(|(value, age)| (value.into_inner(), age))
        };
    };
}
use of_one_function;

fn aged(value: &str, age: Duration) -> (String, Duration) {
    (value.to_owned(), age)
}

#[test]
fn what_was_kept_is_found_with_its_age_and_the_last_one_counts() {
    static CACHED: LastGood = LastGood::new();
    of_one_function!(keep, find);
    let clock = VirtualClock::install();
    assert_eq!(find(&CACHED, 1, MINUTE), None);
    keep(&CACHED, 1, "first");
    assert_eq!(find(&CACHED, 1, MINUTE), Some(aged("first", Duration::ZERO)));
    clock.advance(SECOND * 10);
    assert_eq!(find(&CACHED, 1, MINUTE), Some(aged("first", SECOND * 10)));
    keep(&CACHED, 1, "second");
    clock.advance(SECOND);
    assert_eq!(find(&CACHED, 1, MINUTE), Some(aged("second", SECOND)));
    assert_eq!(find(&CACHED, 2, MINUTE), None, "another key");
}

#[test]
fn it_is_served_up_to_its_last_nanosecond_and_never_beyond() {
    of_one_function!(keep, find);
    let clock = VirtualClock::install();
    let cached = LastGood::new();
    keep(&cached, 1, "good");
    clock.advance(MINUTE);
    assert_eq!(find(&cached, 1, MINUTE), Some(aged("good", MINUTE)));
    assert_eq!(find(&cached, 1, Duration::from_nanos(59_999_999_999)), None);
    clock.advance(Duration::from_nanos(1));
    assert_eq!(find(&cached, 1, MINUTE), None);
    clock.advance(SECOND * 3600 * 24 * 365);
    assert_eq!(find(&cached, 1, MINUTE), None);
    keep(&cached, 1, "good again");
    assert_eq!(find(&cached, 1, MINUTE), Some(aged("good again", Duration::ZERO)));
}

#[test]
fn looking_does_not_make_it_younger() {
    of_one_function!(keep, find);
    let clock = VirtualClock::install();
    let cached = LastGood::new();
    keep(&cached, 1, "good");
    for second in 0..=60 {
        assert_eq!(find(&cached, 1, MINUTE), Some(aged("good", SECOND * second)));
        clock.advance(SECOND);
    }
    assert_eq!(find(&cached, 1, MINUTE), None);
}

#[test]
fn the_longest_and_the_shortest_age_are_what_they_say() {
    of_one_function!(keep, find);
    let clock = VirtualClock::install();
    let cached = LastGood::new();
    keep(&cached, 1, "good");
    assert_eq!(find(&cached, 1, Duration::ZERO), Some(aged("good", Duration::ZERO)), "of this very instant");
    clock.advance(Duration::from_nanos(1));
    assert_eq!(find(&cached, 1, Duration::ZERO), None);
    clock.advance(Duration::MAX);
    assert!(find(&cached, 1, Duration::MAX).is_some());
}

#[test]
fn a_value_that_is_degraded_is_not_kept_as_a_good_one() {
    let instance = || {};
    let _clock = VirtualClock::install();
    let cached = LastGood::new();
    let degraded = || Served::from(0).degraded(Degradation::new(Tier::Degraded, "half"));
    cached.of(instance, 1).keep(&degraded());
    assert_eq!(cached.of(instance, 1).find::<Served<i32>>(MINUTE).ok(), None);
    cached.of(instance, 1).keep(&Served::from(7));
    cached.of(instance, 1).keep(&degraded());
    let (found, _) = cached.of(instance, 1).find::<Served<i32>>(MINUTE).ok().unwrap();
    assert_eq!(found, Served::from(7), "nor does it take a good one away");
}

#[test]
fn a_type_of_ones_own_is_asked_and_is_good_if_it_does_not_say() {
    #[derive(Clone)]
    struct Silent;
    impl Degradable for Silent {
        fn degraded(self, _how: Degradation) -> Self {
            self
        }
    }
    #[derive(Clone)]
    struct Report {
        needs_review: bool,
    }
    impl Degradable for Report {
        fn degraded(self, _how: Degradation) -> Self {
            Self { needs_review: true }
        }
        fn is_degraded(&self) -> bool {
            self.needs_review
        }
    }
    let instance = || {};
    let cached = LastGood::new();
    cached.of(instance, 1).keep(&Report { needs_review: true });
    assert!(cached.of(instance, 1).find::<Report>(MINUTE).is_err());
    cached.of(instance, 1).keep(&Report { needs_review: false });
    assert!(cached.of(instance, 1).find::<Report>(MINUTE).is_ok());
    cached.of(instance, 1).keep(&Silent.degraded(Degradation::new(Tier::Default, "down")));
    assert!(cached.of(instance, 1).find::<Silent>(MINUTE).is_ok());
}

#[test]
fn equal_keys_of_values_of_different_types_are_different_keys() {
    let instance = || {};
    let _clock = VirtualClock::install();
    let cached = LastGood::new();
    cached.of(instance, 1_u32).keep(&Served::from("text"));
    assert_eq!(cached.of(instance, 1_u32).find::<Served<u8>>(MINUTE).ok(), None);
    cached.of(instance, 1_u32).keep(&Served::from(8_u8));
    let (text, _) = cached.of(instance, 1_u32).find::<Served<&'static str>>(MINUTE).ok().unwrap();
    let (number, _) = cached.of(instance, 1_u32).find::<Served<u8>>(MINUTE).ok().unwrap();
    assert_eq!((*text, *number), ("text", 8));
    assert_eq!(cached.of(instance, 1_i32).find::<Served<u8>>(MINUTE).ok(), None, "nor of keys");
}

/// Two sources, one of which holds a borrow: no `'static` is asked of what a function is generic over.
trait Source {
    fn name(&self) -> String;

    fn fetch(&self, cached: &LastGood, id: u64, down: bool) -> Option<String> {
        let instance = || {};
        if down {
            return cached
                .of(instance, id)
                .find::<Served<String>>(MINUTE)
                .ok()
                .map(|found| found.0.into_inner());
        }
        cached.of(instance, id).keep(&Served::from(self.name()));
        Some(self.name())
    }
}

struct Primary<'n>(&'n str);
struct Mirror(u8);

impl Source for Primary<'_> {
    fn name(&self) -> String {
        self.0.to_owned()
    }
}

impl Source for Mirror {
    fn name(&self) -> String {
        format!("mirror {}", self.0)
    }
}

fn fetch<S: Source>(source: &S, cached: &LastGood, id: u64, down: bool) -> Option<String> {
    let instance = || {};
    if down {
        return cached.of(instance, id).find::<Served<String>>(MINUTE).ok().map(|found| found.0.into_inner());
    }
    cached.of(instance, id).keep(&Served::from(source.name()));
    Some(source.name())
}

#[test]
fn an_instance_of_a_generic_function_never_gets_the_value_of_another() {
    let name = String::from("primary");
    let (primary, mirror) = (Primary(&name), Mirror(2));
    let cached = LastGood::new();
    for fetch in [fetch::<Primary<'_>>, Primary::fetch] {
        fetch(&primary, &cached, 1, false);
    }
    assert_eq!(fetch(&mirror, &cached, 1, true), None);
    assert_eq!(mirror.fetch(&cached, 1, true), None, "nor is a default method of another type");
    for fetch in [fetch::<Primary<'_>>, Primary::fetch] {
        assert_eq!(fetch(&primary, &cached, 1, true).as_deref(), Some("primary"));
    }
    assert_eq!(store(&cached).values.len(), 2, "nor does the method share with the function");
}

#[test]
fn tuples_that_look_alike_when_joined_are_different_keys() {
    let instance = || {};
    let cached = LastGood::new();
    let texts = ["", "a", "b", ":", "a:", ":b", "a:b", "ab", "\0", "a\0", "::"];
    let pairs = || texts.iter().flat_map(|left| texts.iter().map(move |right| (*left, *right)));
    for pair in pairs() {
        cached.of(instance, pair).keep(&Served::from(pair));
    }
    for pair in pairs() {
        let (found, _) = cached.of(instance, pair).find::<Served<(&str, &str)>>(MINUTE).ok().unwrap();
        assert_eq!(*found, pair);
    }
}

/// All hashes are one: what tells these apart is `==` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SameHash(u32);

impl Hash for SameHash {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        0.hash(state);
    }
}

#[test]
fn keys_whose_hashes_collide_are_still_different_keys() {
    let instance = || {};
    let cached = LastGood::new().capacity(100);
    for key in 0..300 {
        cached.of(instance, SameHash(key)).keep(&Served::from(key));
        let (found, _) = cached.of(instance, SameHash(key)).find::<Served<u32>>(MINUTE).ok().unwrap();
        assert_eq!(*found, key);
    }
    let found = |key| cached.of(instance, SameHash(key)).find::<Served<u32>>(MINUTE).ok();
    assert!((0..300).all(|key| found(key).is_none_or(|(value, _)| *value == key)));
    assert_eq!((0..300).filter(|key| found(*key).is_some()).count(), 100);
}

#[test]
fn nothing_is_made_before_the_first_good_value() {
    of_one_function!(keep, find);
    let cached = LastGood::default();
    assert_eq!(find(&cached, 1, MINUTE), None);
    cached.of(|| {}, 1).keep(&Served::from(0).degraded(Degradation::new(Tier::Default, "down")));
    assert!(cached.store.get().is_none());
    keep(&cached, 1, "good");
    assert!(cached.store.get().is_some());
}

fn store(cached: &LastGood) -> &Store {
    cached.store.get().unwrap().as_ref().unwrap()
}

#[test]
fn neither_keys_nor_values_are_shown() {
    of_one_function!(keep, find);
    let cached = LastGood::new().capacity(3);
    keep(&cached, 4711, "secret");
    assert_eq!(format!("{cached:?}"), "LastGood { capacity: 3, .. }");
}

#[test]
fn settings_without_a_meaning_are_refused_in_a_sentence() {
    fn refused<T>(setting: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
        let panic = std::panic::catch_unwind(setting).map(drop).unwrap_err();
        (*panic.downcast::<&str>().unwrap()).to_owned()
    }
    const { assert!(check::capacity(1) == 1 && check::max_age(Duration::from_nanos(1)).as_nanos() == 1) };
    assert_eq!(refused(|| check::capacity(0)), "`capacity` takes a whole number of at least 1");
    assert_eq!(refused(|| LastGood::new().capacity(0)), "`capacity` takes a whole number of at least 1");
    assert_eq!(refused(|| check::max_age(Duration::ZERO)), "`max_age` must be above zero");
}

#[test]
fn the_age_counts_from_before_the_copy_which_may_take_its_time() {
    struct Large(crate::testing::ClockHandle);
    impl Clone for Large {
        fn clone(&self) -> Self {
            self.0.advance(SECOND);
            Self(self.0.clone())
        }
    }
    let instance = || {};
    let clock = VirtualClock::install();
    let cached = LastGood::new();
    cached.of(instance, 1).keep(&Served::from(Large(clock.handle())));
    let (_, age) = cached.of(instance, 1).find::<Served<Large>>(MINUTE).ok().unwrap();
    assert_eq!(age, SECOND);
}
