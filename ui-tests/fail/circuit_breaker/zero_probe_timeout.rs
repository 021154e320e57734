use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", probe_timeout = 0)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
