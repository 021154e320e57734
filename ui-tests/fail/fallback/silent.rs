use resilient::{Retryable, fallback};

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

struct Label;

#[fallback(default = Label)]
async fn guarded() -> Result<Label, Fault> {
    Err(Fault::Lost)
}

fn main() {}
