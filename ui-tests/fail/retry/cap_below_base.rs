use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(base_delay = "10s", max_delay = "5s")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
