use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(jitter = ful)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
