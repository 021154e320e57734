use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(on = ())]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
