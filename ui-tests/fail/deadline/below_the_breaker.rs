use resilient::{circuit_breaker, deadline};
use resilient_ui_tests::Fault;

#[circuit_breaker]
#[deadline(secs = 10)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
