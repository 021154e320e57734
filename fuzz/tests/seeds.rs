//! The same cases as the fuzzer's, from a generator with a fixed seed.

use arbitrary::{Arbitrary, Unstructured};
use resilient_fuzz::{Attributed, Decorated, Derived, Described, Marked};

/// Bytes of which some thousand cases are made: the same ones each time.
fn cases<'a>(count: u64) -> impl Iterator<Item = Vec<u8>> + use<'a> {
    (0..count).map(|seed| {
        let mut state = seed;
        let word = move || {
            // SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)).to_le_bytes()
        };
        std::iter::repeat_with(word).take(64).flatten().collect()
    })
}

/// `RESILIENT_FUZZ_CASES` asks for more.
fn count() -> u64 {
    std::env::var("RESILIENT_FUZZ_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000)
}

/// Cases that are not refused reach what lies behind the settings.
fn assert_that_some_are_taken(taken: usize) {
    println!("{taken} of {} cases are taken", count());
    assert!(taken as u64 > count() / 10, "only {taken}");
}

#[test]
fn attributes_keep_the_item() {
    let all = cases(count()).filter_map(|bytes| Attributed::arbitrary(&mut Unstructured::new(&bytes)).ok());
    assert_that_some_are_taken(all.filter(Attributed::check).count());
}

#[test]
fn the_derive_answers() {
    let all = cases(count()).filter_map(|bytes| Derived::arbitrary(&mut Unstructured::new(&bytes)).ok());
    assert_that_some_are_taken(all.filter(Derived::check).count());
}

#[test]
fn describe_answers() {
    let all = cases(count()).filter_map(|bytes| Described::arbitrary(&mut Unstructured::new(&bytes)).ok());
    assert_that_some_are_taken(all.filter(Described::check).count());
}

#[test]
fn the_decorator_keeps_the_trait() {
    let all = cases(count()).filter_map(|bytes| Decorated::arbitrary(&mut Unstructured::new(&bytes)).ok());
    assert_that_some_are_taken(all.filter(Decorated::check).count());
}

#[test]
fn the_derive_of_marks_answers() {
    let all = cases(count()).filter_map(|bytes| Marked::arbitrary(&mut Unstructured::new(&bytes)).ok());
    assert_that_some_are_taken(all.filter(Marked::check).count());
}
