use resilient::{Retryable, deadline};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
}

#[deadline(0)]
async fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
