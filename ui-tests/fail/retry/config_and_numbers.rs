use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(config = resilient::RetryConfig::default(), max_attempts = 3)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
