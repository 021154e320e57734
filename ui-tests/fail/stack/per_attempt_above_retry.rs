use resilient::{circuit_breaker, retry};
use resilient_ui_tests::Fault;

#[circuit_breaker(per_attempt)]
#[retry]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
