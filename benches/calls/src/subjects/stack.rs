//! A breaker, a retry and a timeout around one function, as attributes and by hand.

use std::sync::atomic::{AtomicU32, Ordering};

use resilient::{circuit_breaker, retry, timeout};

use super::retry::{ATTEMPTS, BASE};
use super::timeout::LIMIT;
use super::{Error, SUCCEEDS, done, plain};

const THRESHOLD: u32 = 5;

/// Never half-open: less than any breaker has to do.
static FAILURES: AtomicU32 = AtomicU32::new(0);

pub async fn by_hand(n: u64) -> Result<u64, Error> {
    if FAILURES.load(Ordering::Relaxed) >= THRESHOLD {
        return Err(Error::Open);
    }
    let (mut attempt, mut delay) = (1, BASE);
    let outcome = loop {
        match tokio::time::timeout(LIMIT, plain(n)).await.unwrap_or(Err(Error::Late)) {
            Err(Error::Down | Error::Late) if attempt < ATTEMPTS => tokio::time::sleep(delay).await,
            outcome => break outcome,
        }
        attempt += 1;
        delay *= 2;
    };
    match outcome {
        Ok(_) => FAILURES.store(0, Ordering::Relaxed),
        Err(_) => FAILURES.store(FAILURES.load(Ordering::Relaxed) + 1, Ordering::Relaxed),
    }
    outcome
}

#[circuit_breaker(name = "stack")]
#[retry(max_attempts = 3, base_delay = "50ms")]
#[timeout(secs = 2)]
pub async fn ours(n: u64) -> Result<u64, Error> {
    plain(n).await
}

subjects! {
    "async: by hand, around `tokio::time::timeout`", Stack, false, |_| {}, SUCCEEDS, |n| done(by_hand(n));
    "async: `#[circuit_breaker]`, `#[retry]`, `#[timeout]`", Stack, true, |own| (own.calls)(1), SUCCEEDS, |n| done(ours(n));
}
