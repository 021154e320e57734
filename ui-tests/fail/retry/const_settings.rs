use resilient::retry;
use resilient_ui_tests::Fault;

use std::time::Duration;
const NEVER: Duration = Duration::ZERO;

#[retry(base_delay = NEVER)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
