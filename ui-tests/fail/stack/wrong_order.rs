use resilient::{retry, timeout};
use resilient_ui_tests::Fault;

#[timeout(secs = 2)]
#[retry]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
