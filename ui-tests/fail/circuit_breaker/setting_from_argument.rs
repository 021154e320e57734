use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

use std::time::Duration;

#[circuit_breaker(recovery_timeout = open_for)]
fn guarded(open_for: Duration) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
