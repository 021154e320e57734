use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(limit)]
async fn guarded(limit: u64) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
