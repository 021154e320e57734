use resilient::{Retryable, retry, timeout};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
    #[error(transparent)]
    CircuitOpen(#[from] resilient::CircuitOpenError),
}

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
