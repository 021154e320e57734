use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", key = 1, max_keys = 10)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
