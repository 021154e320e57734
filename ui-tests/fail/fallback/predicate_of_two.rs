use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(default = 7, when = |error, id| true)]
fn guarded(id: u32) -> Result<Served<u32>, Fault> {
    Ok(id.into())
}

fn main() {}
