use resilient::{deadline, retry, timeout};
use resilient_ui_tests::Fault;

#[deadline("6m")]
#[retry(max_attempts = 3, base_delay = "2s")]
#[timeout(secs = 120)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
