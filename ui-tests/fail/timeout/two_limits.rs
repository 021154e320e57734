use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(secs = 2, ms = 500)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
