use resilient::{deadline, retry, timeout};
use resilient_ui_tests::Fault;

#[deadline(secs = 100)]
#[retry(max_attempts = 10, jitter = full)]
#[timeout(secs = 1)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
