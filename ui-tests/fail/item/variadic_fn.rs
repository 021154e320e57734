use resilient::retry;
use resilient_ui_tests::Fault;

#[retry]
unsafe extern "C" fn guarded(first: u32, mut rest: ...) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
