use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", slow_call_rate = 0.5)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
