use resilient::{circuit_breaker, fallback, retry, timeout};
use resilient_ui_tests::Fault;

#[retry]
#[fallback(default = ())]
#[timeout(secs = 1)]
#[circuit_breaker]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
