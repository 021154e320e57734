use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(multiplier = 0.5)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
