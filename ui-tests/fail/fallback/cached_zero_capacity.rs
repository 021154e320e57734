use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(cached(max_age = "10m", key = id, capacity = 0))]
fn guarded(id: u32) -> Result<Served<u32>, Fault> {
    Ok(id.into())
}

fn main() {}
