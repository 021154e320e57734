use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(backoff = exponental)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
