use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", slow_call = "2s")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
