use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(backoff = none, jitter = full)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
