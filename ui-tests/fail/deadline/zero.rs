use resilient::deadline;
use resilient_ui_tests::Fault;

#[deadline(0)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
