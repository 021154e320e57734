use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(budget = 0.1)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
