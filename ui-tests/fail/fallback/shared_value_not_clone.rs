use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

struct Price(u32);

#[fallback(cached(max_age = "10m", key = id, single_flight))]
async fn price(id: u32) -> Result<Served<Price>, Fault> {
    Ok(Price(id).into())
}

#[fallback(cached(max_age = "10m", key = id, single_flight))]
fn silent(id: u32) -> Result<u32, Fault> {
    Ok(id)
}

fn main() {}
