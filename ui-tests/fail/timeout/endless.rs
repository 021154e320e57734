use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(1e300)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
