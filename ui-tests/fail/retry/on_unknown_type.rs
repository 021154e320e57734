use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(on = ConnectionError)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
