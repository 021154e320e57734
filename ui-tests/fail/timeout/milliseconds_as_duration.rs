use std::time::Duration;

use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(ms = Duration::from_millis(5))]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
