use resilient::{retry, timeout};
use resilient_ui_tests::Fault;

#[retry]
#[timeout = 5]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
