//! See `Cargo.toml` for how to run it.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|case: resilient_fuzz::Derived| {
    case.check();
});

#[cfg(not(fuzzing))]
fn main() {
    println!("run me with `cargo +nightly fuzz run retryable`, or say `cargo test`");
}
