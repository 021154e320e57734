use resilient::retry;
use resilient_ui_tests::Fault;

#[retry]
#[retry(max_attempts = 2)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
