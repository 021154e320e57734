use resilient::{Retryable, deadline, retry, timeout};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
}

#[deadline("6m")]
#[retry(max_attempts = 3, base_delay = "2s")]
#[timeout(secs = 120)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
