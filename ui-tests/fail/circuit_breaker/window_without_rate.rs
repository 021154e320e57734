use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", window = 100, minimum_calls = 10)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
