use resilient::{retry, timeout};
use resilient_ui_tests::Fault;

#[retry]
fn guarded() -> Result<u32, Fault> {
    let number: u32 = "seven";
    Ok(number)
}

#[retry]
async fn without_tail() -> Result<u32, Fault> {
    let _ = 7;
}

#[timeout(secs = 1)]
async fn unconverted() -> Result<u32, Fault> {
    Ok("seven".parse::<u32>()?)
}

fn main() {}
