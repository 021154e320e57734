use resilient::{Retryable, circuit_breaker};

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

#[circuit_breaker(failure_rate = 0.5, window = 100, minimum_calls = 10)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
