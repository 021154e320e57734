use resilient::deadline;
use resilient_ui_tests::Fault;

#[deadline(secs = 10)]
fn guarded(name: &str) -> Result<(), Fault> {
    let _ = name;
    Err(Fault::Lost)
}

fn main() {}
