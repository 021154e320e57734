use resilient::deadline;
use resilient_ui_tests::Fault;

#[deadline(secs = 10)]
#[deadline(secs = 20)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
