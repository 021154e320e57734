use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback]
fn guarded() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
