use resilient::{Retryable, deadline, retry, timeout};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
}

#[deadline(ms = 9_199)]
#[retry(max_attempts = 4, base_delay = "1s", jitter = none, max_delay = "2s")]
#[timeout("1050ms")]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
