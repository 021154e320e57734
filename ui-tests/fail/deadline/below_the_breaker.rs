use resilient::{Retryable, circuit_breaker, deadline};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
}

#[circuit_breaker]
#[deadline(secs = 10)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
