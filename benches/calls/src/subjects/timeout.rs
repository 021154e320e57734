//! A timeout around what is ready at its first poll: tokio's, which makes a timer first, and ours.

use std::time::Duration;

use resilient::timeout;

use super::{Error, SUCCEEDS, done, plain};

pub const LIMIT: Duration = Duration::from_secs(2);

pub async fn of_tokio(n: u64) -> Result<u64, Error> {
    tokio::time::timeout(LIMIT, plain(n)).await.unwrap_or(Err(Error::Late))
}

#[timeout(secs = 2)]
pub async fn ours(n: u64) -> Result<u64, Error> {
    plain(n).await
}

subjects! {
    "async: `tokio::time::timeout`", InTime, false, |_| {}, SUCCEEDS, |n| done(of_tokio(n));
    "async: `#[timeout]`", InTime, true, |_| {}, SUCCEEDS, |n| done(ours(n));
}
