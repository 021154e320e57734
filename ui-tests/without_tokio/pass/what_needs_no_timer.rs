//! Without the timer sync functions are guarded as ever, and what waits for nothing may be async.
#![deny(warnings)]

use resilient::{CircuitOpenError, Served, TimeoutError, circuit_breaker, fallback, retry, timeout};

#[derive(Debug)]
pub struct Fault;

impl From<CircuitOpenError> for Fault {
    fn from(_: CircuitOpenError) -> Self {
        Self
    }
}

impl From<TimeoutError> for Fault {
    fn from(_: TimeoutError) -> Self {
        Self
    }
}

#[fallback(default = 1)]
#[circuit_breaker]
pub async fn asynchronous() -> Result<Served<u32>, Fault> {
    Err(Fault)
}

#[retry(on = any, backoff = none)]
#[timeout(5)]
pub fn blocking(n: u32) -> Result<u32, Fault> {
    Ok(n)
}

fn main() {
    drop(asynchronous());
    assert_eq!(blocking(3).unwrap(), 3);
}
