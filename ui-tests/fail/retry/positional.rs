use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(3)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
