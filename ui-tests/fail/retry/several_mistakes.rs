use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(max_atempts = 3, base_delay = "1 parsec", jitter = 7, jitter = full, multiplier = 0)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
