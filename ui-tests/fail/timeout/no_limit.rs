use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
