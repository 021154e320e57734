use resilient::retry;
use resilient_ui_tests::Fault;

fn is_done(state: &u32, other: &u32) -> bool {
    state == other
}

#[retry(until = is_done)]
async fn guarded() -> Result<u32, Fault> {
    Err(Fault::Lost)
}

fn main() {}
