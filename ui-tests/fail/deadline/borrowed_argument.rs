use resilient::{Retryable, deadline};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] resilient::TimeoutError),
}

#[deadline(secs = 10)]
fn guarded(name: &str) -> Result<(), Fault> {
    let _ = name;
    Err(Fault::Lost)
}

fn main() {}
