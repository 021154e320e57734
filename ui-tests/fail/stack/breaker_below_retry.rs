use resilient::{Retryable, circuit_breaker, retry};

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
#[circuit_breaker(name = "llm")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
