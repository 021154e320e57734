use resilient::retry;
use resilient_ui_tests::Fault;

use resilient::timeout as limit;

#[retry]
#[limit(secs = 2)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
