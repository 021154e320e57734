use resilient::{Retryable, circuit_breaker, fallback, retry, timeout};

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
#[fallback(default = ())]
#[timeout(secs = 1)]
#[circuit_breaker]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
