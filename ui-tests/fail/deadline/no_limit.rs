use resilient::deadline;
use resilient_ui_tests::Fault;

#[deadline]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
