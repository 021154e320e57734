//! The crate under another path, as a facade of one's own re-exports it.
#![deny(warnings)]

mod facade {
    pub mod protection {
        pub use resilient::*;
    }
}

use facade::protection::{CircuitOpenError, Retryable, TimeoutError, circuit_breaker, retry, timeout};

#[derive(Debug, Retryable)]
#[retryable(crate = crate::facade::protection, default = transient)]
pub enum Fault {
    #[retryable(transparent)]
    Timeout(TimeoutError),
    CircuitOpen(CircuitOpenError),
}

impl From<TimeoutError> for Fault {
    fn from(error: TimeoutError) -> Self {
        Self::Timeout(error)
    }
}

impl From<CircuitOpenError> for Fault {
    fn from(error: CircuitOpenError) -> Self {
        Self::CircuitOpen(error)
    }
}

#[circuit_breaker]
#[retry(crate = crate::facade::protection)]
#[timeout(1)]
pub async fn stacked() -> Result<u32, Fault> {
    Ok(1)
}

mod qualified {
    #[resilient::retry(on = std::io::Error)]
    #[resilient::timeout("5s")]
    pub fn stacked(name: String) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        Ok(name)
    }
}

fn main() {
    let _ = stacked();
    assert_eq!(qualified::stacked("x".into()).unwrap(), "x");
}
