use resilient::{Retryable, deadline, timeout};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
}

#[deadline(secs = 10)]
#[timeout(secs = 10)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
