use resilient::{Retryable, timeout};

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

struct Client;

impl Client {
    #[timeout(secs = 2)]
    fn guarded(&self) -> Result<(), Fault> {
        Err(Fault::Lost)
    }
}

fn main() {}
