use resilient::{Retryable, retry};

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

#[retry(max_attempts)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
