use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(backoff = none, base_delay = 1)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
