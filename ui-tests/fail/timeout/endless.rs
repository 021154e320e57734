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

#[timeout(1e300)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
