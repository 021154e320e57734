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

#[retry(base_delay = 0)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
