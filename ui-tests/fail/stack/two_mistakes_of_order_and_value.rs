use resilient::{fallback, retry, timeout};
use resilient_ui_tests::Fault;

#[timeout(secs = 0)]
#[retry(max_attempts = 0)]
#[fallback(defualt = 3)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
