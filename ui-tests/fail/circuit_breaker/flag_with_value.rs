use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(per_attempt = 3)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
