use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(when = |error| error.to_string())]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
