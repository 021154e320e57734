use resilient::retry;
use resilient_ui_tests::Fault;

const ATTEMPTS: u32 = 0;

#[retry(max_attempts = ATTEMPTS)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
