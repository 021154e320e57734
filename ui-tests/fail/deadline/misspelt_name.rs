use resilient::deadline;
use resilient_ui_tests::Fault;

#[deadline(sec = 10)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
