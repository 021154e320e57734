use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(jitter = 1.5)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
