use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(until = |text: &String| text.is_empty())]
fn guarded() -> Result<u32, Fault> {
    Err(Fault::Lost)
}

fn main() {}
