use resilient::{deadline, retry, timeout};
use resilient_ui_tests::Fault;

#[deadline(ms = 9_199)]
#[retry(max_attempts = 4, base_delay = "1s", jitter = none, max_delay = "2s")]
#[timeout("1050ms")]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
