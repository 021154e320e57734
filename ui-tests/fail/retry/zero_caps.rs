use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(max_delay = 0, max_retry_after = "0s")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
