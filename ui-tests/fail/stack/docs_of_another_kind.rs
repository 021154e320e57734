use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(docs = "yes")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
