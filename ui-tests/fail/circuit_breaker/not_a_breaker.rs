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

static LLM: u32 = 3;

#[circuit_breaker(LLM)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
