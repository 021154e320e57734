use std::time::Duration;

use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

const FAILURES: u32 = 0;
const PAUSE: Duration = Duration::ZERO;

#[circuit_breaker(name = "x", failure_threshold = FAILURES)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

#[circuit_breaker(name = "y", recovery_timeout = PAUSE)]
fn guarded_too() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
