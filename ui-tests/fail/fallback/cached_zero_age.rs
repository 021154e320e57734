use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(cached(max_age = 0, key = id))]
fn guarded(id: u32) -> Result<Served<u32>, Fault> {
    Ok(id.into())
}

fn main() {}
