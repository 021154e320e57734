use resilient::{deadline, timeout};
use resilient_ui_tests::Fault;

#[deadline(secs = 10)]
#[timeout(secs = 10)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
