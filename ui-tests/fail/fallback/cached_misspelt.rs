use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(cached(max_ag = "10m", capactiy = 3))]
fn guarded(id: u32) -> Result<Served<u32>, Fault> {
    Ok(id.into())
}

#[fallback(cached(max_age = "10m", single_fligth, single_flight = 3))]
async fn shared(id: u32) -> Result<Served<u32>, Fault> {
    Ok(id.into())
}

fn main() {}
