//! Fallbacks that are not needed, beside the same functions without one.

use resilient::{Served, fallback};

use super::{Error, SUCCEEDS, done, work};

fn sync_alone(n: u64) -> Result<Served<u64>, Error> {
    Ok(work(n)?.into())
}

#[fallback(default = 0)]
fn sync_ours(n: u64) -> Result<Served<u64>, Error> {
    Ok(work(n)?.into())
}

async fn alone(n: u64) -> Result<Served<u64>, Error> {
    Ok(work(n)?.into())
}

#[fallback(default = 0)]
async fn ours(n: u64) -> Result<Served<u64>, Error> {
    Ok(work(n)?.into())
}

subjects! {
    "the function alone", Fallback, false, |_| {}, SUCCEEDS, sync_alone;
    "`#[fallback(default = 0)]`", Fallback, true, |_| {}, SUCCEEDS, sync_ours;
    "async: the function alone", Fallback, false, |_| {}, SUCCEEDS, |n| done(alone(n));
    "async: `#[fallback(default = 0)]`", Fallback, true, |_| {}, SUCCEEDS, |n| done(ours(n));
}
