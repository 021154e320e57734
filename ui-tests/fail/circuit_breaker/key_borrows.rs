use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(key = host)]
fn guarded(host: Option<&str>) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
