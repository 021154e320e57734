use resilient::{Retryable, deadline, retry, timeout};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
}

#[deadline(secs = 100)]
#[retry(max_attempts = 10, jitter = full)]
#[timeout(secs = 1)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
