use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(crate = resilient)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

#[timeout(secs)]
async fn guarded_too() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
