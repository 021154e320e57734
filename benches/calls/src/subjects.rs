//! What is measured: the function alone, two floors under any breaker, ours, and others'.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use resilient::{CircuitOpenError, circuit, circuit_breaker};

mod awaited;
mod others;

/// Something that is called over and over.
pub struct Subject {
    pub name: &'static str,
    pub scene: Scene,
    /// Ours, which has bounds to keep.
    pub is_ours: bool,
    /// Brings it into the state that it is measured in.
    pub prepare: fn(&Subject),
    /// So many calls. The only place that calls it, so whether it becomes part of the loop is decided for
    /// all subjects alike.
    pub calls: fn(u64),
}

/// What the calls come to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// The breaker is closed, and the function succeeds.
    Success,
    /// The breaker is open, and the function is not run.
    Refusal,
    /// The breaker is closed, stays so, and the function fails.
    Failure,
}

#[derive(Debug)]
pub enum Error {
    Down,
    Open,
}

impl From<CircuitOpenError> for Error {
    fn from(_: CircuitOpenError) -> Self {
        Self::Open
    }
}

/// Odd numbers fail.
#[inline(never)]
pub fn work(n: u64) -> Result<u64, Error> {
    if n & 1 == 0 { Ok(n) } else { Err(Error::Down) }
}

pub const SUCCEEDS: u64 = 2;
pub const FAILS: u64 = 1;

/// Calls `call` so often with `n`, which the compiler does not know.
#[inline(always)]
pub fn over_and_over<R>(calls: u64, n: u64, call: impl Fn(u64) -> R) {
    for _ in 0..calls {
        black_box(call(black_box(n)));
    }
}

static LOADED: AtomicU64 = AtomicU64::new(0);
static LOCKED: Mutex<u64> = Mutex::new(0);

fn load(n: u64) -> Result<u64, Error> {
    if LOADED.load(Ordering::Relaxed) == 0 { work(n) } else { Err(Error::Open) }
}

fn locked(n: u64) -> Result<u64, Error> {
    let mut calls = LOCKED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    *calls += 1;
    drop(calls);
    work(n)
}

#[circuit_breaker(name = "ours")]
fn ours(n: u64) -> Result<u64, Error> {
    work(n)
}

#[circuit_breaker(name = "calls", failure_rate = 0.5, window = 100)]
fn ours_calls(n: u64) -> Result<u64, Error> {
    work(n)
}

#[circuit_breaker(name = "time", failure_rate = 0.5, window = "10s")]
fn ours_time(n: u64) -> Result<u64, Error> {
    work(n)
}

#[circuit_breaker(name = "open")]
fn ours_open(n: u64) -> Result<u64, Error> {
    work(n)
}

#[circuit_breaker(name = "failing", failure_threshold = 4_000_000_000)]
fn ours_failing(n: u64) -> Result<u64, Error> {
    work(n)
}

#[circuit_breaker(name = "failing calls", failure_rate = 0.9, window = 1000)]
fn ours_failing_calls(n: u64) -> Result<u64, Error> {
    work(n)
}

/// Two calls, of which one fails.
fn half_failing(n: u64) -> bool {
    ours_failing_calls(n).is_ok() && ours_failing_calls(n + 1).is_ok()
}

fn open(name: &str) {
    if let Some(circuit) = circuit(name) {
        while circuit.enter().map(resilient::Permit::failure).is_ok() {}
    }
}

macro_rules! subjects {
    ($($name:literal, $scene:ident, $is_ours:literal, $prepare:expr, $n:expr, $call:expr;)*) => {
        pub static ALL: LazyLock<Vec<Subject>> = LazyLock::new(|| vec![$(Subject {
            name: $name,
            scene: Scene::$scene,
            is_ours: $is_ours,
            prepare: $prepare,
            calls: |calls| over_and_over(calls, $n, $call),
        }),*]);
    };
}

subjects! {
    "the call alone", Success, false, |_| {}, SUCCEEDS, work;
    // Written to, or the compiler knows what is loaded.
    "floor: one relaxed load", Success, false, |_| LOADED.store(black_box(0), Ordering::Relaxed), SUCCEEDS, load;
    "floor: a counter in a `Mutex`", Success, false, |_| {}, SUCCEEDS, locked;
    "`#[circuit_breaker]`", Success, true, |own| (own.calls)(1), SUCCEEDS, ours;
    "`#[circuit_breaker]`, window of calls", Success, true, |own| (own.calls)(100), SUCCEEDS, ours_calls;
    "`#[circuit_breaker]`, window of time", Success, true, |own| (own.calls)(100), SUCCEEDS, ours_time;
    "nobreak", Success, false, |_| {}, SUCCEEDS, others::nobreak;
    "recloser", Success, false, |_| {}, SUCCEEDS, others::recloser;
    "failsafe, failures in a row", Success, false, |_| {}, SUCCEEDS, others::failsafe_row;
    "failsafe, rate over time", Success, false, |_| {}, SUCCEEDS, others::failsafe_rate;
    "async: the call alone", Success, false, |_| {}, SUCCEEDS, awaited::alone;
    "async: `#[circuit_breaker]`", Success, true, |own| (own.calls)(1), SUCCEEDS, awaited::ours;
    "async: `#[circuit_breaker]`, window of calls", Success, true, |own| (own.calls)(100), SUCCEEDS, awaited::ours_calls;
    "async: tower-resilience", Success, false, |_| {}, SUCCEEDS, awaited::tower;
    "`#[circuit_breaker]`", Refusal, true, |own| { (own.calls)(1); open("open") }, SUCCEEDS, ours_open;
    "nobreak", Refusal, false, |_| over_and_over(10, FAILS, others::nobreak), SUCCEEDS, others::nobreak;
    "recloser", Refusal, false, |_| over_and_over(300, FAILS, others::recloser), SUCCEEDS, others::recloser;
    "failsafe, failures in a row", Refusal, false, |_| over_and_over(10, FAILS, others::failsafe_row), SUCCEEDS, others::failsafe_row;
    "`#[circuit_breaker]`", Failure, true, |_| {}, FAILS, ours_failing;
    "`#[circuit_breaker]`, window of calls: two calls, one fails", Failure, true, |_| over_and_over(999, SUCCEEDS, ours_failing_calls), SUCCEEDS, half_failing;
}

/// By its number in [`ALL`].
pub fn find(number: &str) -> Option<&'static Subject> {
    ALL.get(number.parse::<usize>().ok()?)
}

/// For those of others that are opened by time, not by us.
pub const LONG: Duration = Duration::from_secs(3600);
