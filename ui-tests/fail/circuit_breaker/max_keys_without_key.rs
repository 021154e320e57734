use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "hosts", max_keys = 100)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
