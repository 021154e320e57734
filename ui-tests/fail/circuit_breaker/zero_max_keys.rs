use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(key = host, max_keys = 0)]
fn guarded(host: &str) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
