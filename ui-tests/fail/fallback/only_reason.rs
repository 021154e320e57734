use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(reason = "away")]
fn guarded() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
