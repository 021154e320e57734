use resilient::{circuit_breaker, retry, timeout};
use resilient_ui_tests::Fault;

#[circuit_breaker(nam = "x")]
#[retry(max_attempts = 0)]
#[timeout("soon")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
