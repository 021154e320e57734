use resilient::{Retryable, circuit_breaker, retry, timeout};

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

#[circuit_breaker(nam = "x")]
#[retry(max_attempts = 0)]
#[timeout("soon")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
