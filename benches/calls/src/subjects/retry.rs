//! A retry whose first attempt succeeds: the loop that one writes by hand, ours, and others'. Each makes
//! three attempts, from 50 ms on exponentially, with what else its library does by default.

use std::future::Future;
use std::time::Duration;

use backon::{BlockingRetryable as _, ExponentialBuilder, Retryable as _};
use resilient::retry;
use retry::delay::Exponential;
use tokio_retry2::strategy::ExponentialBackoff;

use super::{Error, SUCCEEDS, done, plain, work};

pub const ATTEMPTS: u32 = 3;
const RETRIES: usize = 2;
pub const BASE: Duration = Duration::from_millis(50);

fn by_hand(n: u64) -> Result<u64, Error> {
    let (mut attempt, mut delay) = (1, BASE);
    loop {
        match work(n) {
            Err(Error::Down) if attempt < ATTEMPTS => std::thread::sleep(delay),
            outcome => return outcome,
        }
        attempt += 1;
        delay *= 2;
    }
}

#[retry(max_attempts = 3, base_delay = "50ms")]
fn ours(n: u64) -> Result<u64, Error> {
    work(n)
}

fn of_backon() -> ExponentialBuilder {
    ExponentialBuilder::default().with_max_times(RETRIES).with_min_delay(BASE)
}

fn backon(n: u64) -> Result<u64, Error> {
    (|| work(n)).retry(of_backon()).call()
}

fn retry_crate(n: u64) -> Result<u64, ::retry::Error<Error>> {
    ::retry::retry(Exponential::from_millis(50).take(RETRIES), || work(n))
}

pub async fn awaited_by_hand(n: u64) -> Result<u64, Error> {
    let (mut attempt, mut delay) = (1, BASE);
    loop {
        match plain(n).await {
            Err(Error::Down) if attempt < ATTEMPTS => tokio::time::sleep(delay).await,
            outcome => return outcome,
        }
        attempt += 1;
        delay *= 2;
    }
}

#[retry(max_attempts = 3, base_delay = "50ms")]
pub async fn awaited(n: u64) -> Result<u64, Error> {
    plain(n).await
}

pub async fn awaited_backon(n: u64) -> Result<u64, Error> {
    (|| plain(n)).retry(of_backon()).await
}

pub fn awaited_tokio_retry2(n: u64) -> impl Future<Output = Result<u64, Error>> {
    let attempt = move || async move { plain(n).await.map_err(tokio_retry2::RetryError::transient) };
    tokio_retry2::Retry::spawn(ExponentialBackoff::from_millis(50).take(RETRIES), attempt)
}

subjects! {
    "a loop by hand", FirstAttempt, false, |_| {}, SUCCEEDS, by_hand;
    "`#[retry]`", FirstAttempt, true, |_| {}, SUCCEEDS, ours;
    "backon", FirstAttempt, false, |_| {}, SUCCEEDS, backon;
    "retry", FirstAttempt, false, |_| {}, SUCCEEDS, retry_crate;
    "async: a loop by hand", FirstAttempt, false, |_| {}, SUCCEEDS, |n| done(awaited_by_hand(n));
    "async: `#[retry]`", FirstAttempt, true, |_| {}, SUCCEEDS, |n| done(awaited(n));
    "async: backon", FirstAttempt, false, |_| {}, SUCCEEDS, |n| done(awaited_backon(n));
    "async: tokio-retry2", FirstAttempt, false, |_| {}, SUCCEEDS, |n| done(awaited_tokio_retry2(n));
}
