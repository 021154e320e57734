use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(max_attempts = "three")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
