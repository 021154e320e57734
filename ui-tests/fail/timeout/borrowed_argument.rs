use resilient::{Retryable, timeout};

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

#[timeout(secs = 2)]
fn guarded(name: &str, bytes: &[u8], count: &mut u32) -> Result<(), Fault> {
    *count += 1;
    let _ = (name, bytes);
    Err(Fault::Lost)
}

fn main() {}
