use resilient::{Retryable, retry};

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

struct Connection;

#[retry]
async fn guarded(name: String, connection: Connection) -> Result<(), Fault> {
    let _ = (name, connection);
    Err(Fault::Lost)
}

fn main() {}
