//! Compiles every case. The wording is compared with the pinned compiler only: another one says the
//! same in other words, and that is nobody's failure.
#![allow(missing_docs)]

use std::io::Write as _;
use std::process::Command;

/// The compiler of `rust-toolchain.toml`, whose wording the `.stderr` files hold.
const PINNED: &str = "rustc 1.95.0 ";

#[test]
fn diagnostics() {
    let cases = trybuild::TestCases::new();
    let (pass, fail) = if cfg!(feature = "tokio") {
        ("pass/*.rs", "fail/*/*.rs")
    } else {
        ("without_tokio/pass/*.rs", "without_tokio/fail/*.rs")
    };
    cases.pass(pass);
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let version =
        Command::new(compiler).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&version);
    if version.starts_with(PINNED) {
        cases.compile_fail(fail);
    } else {
        // Not by `println!`, which nobody sees of a test that passes.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: the wording of diagnostics is compared with {PINNED}only, and this is {version}"
        );
    }
}
