use resilient::{Retryable, Served, fallback};

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

#[fallback(cached(max_age = "10m"))]
fn guarded() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
