use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", max_recovery_timeout = "10s")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
