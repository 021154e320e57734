use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(cached(max_age = "10m"))]
fn guarded() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
