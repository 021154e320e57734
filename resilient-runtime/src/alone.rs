//! For tests of what can only be seen in a process that runs nothing else: such a test runs its own test
//! binary again, for itself alone.
#![allow(clippy::unwrap_used)]

use std::process::Command;
use std::time::{Duration, Instant};

/// Set in the process that a test starts.
const IN_A_PROCESS_OF_ITS_OWN: &str = "RESILIENT_TEST_OF_ITS_OWN";

/// Runs `test` in a process in which the test of that name in that module (`module_path!()`) is alone, and
/// says how long the process took.
pub(crate) fn alone(module: &str, name: &str, test: fn()) -> Duration {
    if std::env::var_os(IN_A_PROCESS_OF_ITS_OWN).is_some() {
        test();
        return Duration::ZERO;
    }
    let (_, module) = module.split_once("::").unwrap();
    let began = Instant::now();
    let again = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::{name}")])
        .env(IN_A_PROCESS_OF_ITS_OWN, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && said.contains("1 passed"), "{said}");
    began.elapsed()
}

/// The threads of this process.
#[cfg(target_os = "linux")]
pub(crate) fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// The memory of this process that is in use, in KiB.
#[cfg(target_os = "linux")]
pub(crate) fn resident() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
