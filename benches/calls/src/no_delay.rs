//! Retries without a delay, by the real clock: whoever asks tokio's timer for nothing waits for its next
//! tick, a millisecond each time.

use std::future::Future;
use std::time::{Duration, Instant};

use backon::{ConstantBuilder, Retryable as _};
use resilient::retry;
use tokio::runtime::Builder;
use tokio_retry2::strategy::FixedInterval;

use crate::measure::median;
use crate::subjects::{Error, FAILS, plain};
use crate::table::NO_DELAY;

/// Two calls, as an attribute allows for a hundred attempts at most.
const CALLS: usize = 2;
const RETRIES: usize = 50;
const ROUNDS: usize = 5;

#[retry(max_retries = 50, backoff = none)]
async fn ours(n: u64) -> Result<u64, Error> {
    plain(n).await
}

async fn by_hand(n: u64) -> Result<u64, Error> {
    let mut retries = 0;
    loop {
        match plain(n).await {
            Err(Error::Down) if retries < RETRIES => tokio::time::sleep(Duration::ZERO).await,
            outcome => return outcome,
        }
        retries += 1;
    }
}

async fn backon(n: u64) -> Result<u64, Error> {
    let policy = ConstantBuilder::default().with_delay(Duration::ZERO).with_max_times(RETRIES);
    (|| plain(n)).retry(policy).await
}

async fn tokio_retry2(n: u64) -> Result<u64, Error> {
    let attempt = move || async move { plain(n).await.map_err(tokio_retry2::RetryError::transient) };
    tokio_retry2::Retry::spawn(FixedInterval::from_millis(0).take(RETRIES), attempt).await
}

/// Gives what does not hold.
pub fn print() -> Vec<String> {
    let ours = milliseconds(ours);
    println!("\n| {} retries without a delay | ms |\n|---|---:|", CALLS * RETRIES);
    println!("| `#[retry(backoff = none)]` | {ours:.3} |");
    println!("| a loop by hand, `tokio::time::sleep` of nothing | {:.3} |", milliseconds(by_hand));
    println!("| backon | {:.3} |", milliseconds(backon));
    println!("| tokio-retry2 | {:.3} |", milliseconds(tokio_retry2));
    let broken = format!("`#[retry(backoff = none)]`: a hundred retries take {ours:.3} ms");
    if ours <= NO_DELAY { Vec::new() } else { vec![broken] }
}

/// The median of some rounds, on a runtime whose timer is driven.
fn milliseconds<F: Future<Output = Result<u64, Error>>>(call: impl Fn(u64) -> F) -> f64 {
    let runtime = Builder::new_current_thread().enable_time().build().expect("it needs no threads");
    let round = |_| {
        let began = Instant::now();
        for _ in 0..CALLS {
            let outcome = runtime.block_on(call(FAILS));
            assert!(matches!(outcome, Err(Error::Down)), "every attempt fails, so all are made");
        }
        began.elapsed().as_secs_f64() * 1e3
    };
    median((0..ROUNDS).map(round).collect())
}
