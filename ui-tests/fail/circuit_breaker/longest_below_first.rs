use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", recovery_timeout = "60s", max_recovery_timeout = "30s")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
