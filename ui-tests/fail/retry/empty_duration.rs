use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(base_delay = "")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
