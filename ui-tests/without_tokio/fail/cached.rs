use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(cached(max_age = "10m", key = id), default = 7)]
fn guarded(id: u32) -> Result<Served<u32>, Fault> {
    Ok(id.into())
}

#[fallback(cached(max_age = "10m", single_flight), default = 7)]
async fn shared(id: u32) -> Result<Served<u32>, Fault> {
    Ok(id.into())
}

fn main() {}
