use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(max_attempts = 3, max_retries = 2)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
