use std::time::Duration;

use resilient::{deadline, timeout};
use resilient_ui_tests::Fault;

const LIMIT: Duration = Duration::ZERO;

#[deadline(LIMIT)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

#[timeout(Duration::from_secs(0))]
async fn guarded_too() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
