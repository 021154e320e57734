//! A circuit breaker: ours with each of its windows, others', and two floors under any. What is awaited is
//! in `awaited`.

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use resilient::{circuit, circuit_breaker};

use super::{Error, FAILS, SUCCEEDS, over_and_over, work};

pub mod awaited;
mod others;

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
    "`#[circuit_breaker]`", Refusal, true, |own| { (own.calls)(1); open("open") }, SUCCEEDS, ours_open;
    "nobreak", Refusal, false, |_| over_and_over(10, FAILS, others::nobreak), SUCCEEDS, others::nobreak;
    "recloser", Refusal, false, |_| over_and_over(300, FAILS, others::recloser), SUCCEEDS, others::recloser;
    "failsafe, failures in a row", Refusal, false, |_| over_and_over(10, FAILS, others::failsafe_row), SUCCEEDS, others::failsafe_row;
    "`#[circuit_breaker]`", Failure, true, |_| {}, FAILS, ours_failing;
    "`#[circuit_breaker]`, window of calls: two calls, one fails", Failure, true, |_| over_and_over(999, SUCCEEDS, ours_failing_calls), SUCCEEDS, half_failing;
}
