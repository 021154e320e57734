use resilient::{circuit_breaker, retry};
use resilient_ui_tests::Fault;

#[retry]
#[circuit_breaker(name = "llm")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
