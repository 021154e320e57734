use resilient::{circuit_breaker, retry, timeout};
use resilient_ui_tests::Fault;

#[circuit_breaker(until_end)]
#[retry(until_first_item)]
#[timeout(idle = "10s")]
async fn guarded(prompt: &str) -> Result<Box<dyn Iterator<Item = Result<u32, Fault>>>, Fault> {
    let _ = prompt;
    Err(Fault::Lost)
}

fn main() {}
