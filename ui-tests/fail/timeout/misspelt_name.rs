use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(seconds = 2)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
