//! Compiles every case. The wording is compared with the pinned compiler only: another one says the
//! same in other words, and that is nobody's failure.
#![allow(missing_docs)]

use std::process::Command;

/// The compiler of `rust-toolchain.toml`, whose wording the `.stderr` files hold.
const PINNED: &str = "rustc 1.95.0 ";

#[test]
fn diagnostics() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let version =
        Command::new(compiler).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&version);
    if version.starts_with(PINNED) {
        cases.compile_fail("fail/*/*.rs");
    } else {
        println!("skipped: the wording of diagnostics is compared with {PINNED}only, and this is {version}");
    }
}
