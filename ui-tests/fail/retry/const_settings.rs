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

use std::time::Duration;
const NEVER: Duration = Duration::ZERO;

#[retry(base_delay = NEVER)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
