use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(degraded = 7)]
fn guarded() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
