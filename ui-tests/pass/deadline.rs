//! The nearest legal forms of deadlines that are refused.
#![deny(warnings)]

use resilient::{deadline, retry, timeout};
use resilient_ui_tests::Fault;

/// 3 × 120 s + 2.2 s + 4.4 s
#[deadline("6m 6s 600ms")]
#[retry(max_attempts = 3, base_delay = "2s")]
#[timeout(secs = 120)]
pub async fn fits() -> Result<(), Fault> {
    Ok(())
}

#[deadline(secs = 10)]
#[timeout("9s 999ms")]
pub async fn can_fire() -> Result<(), Fault> {
    Ok(())
}

/// Without a timeout the deadline is enforced while running.
#[deadline(secs = 1)]
#[retry]
pub async fn without_timeout() -> Result<(), Fault> {
    Ok(())
}

#[deadline(secs = 1)]
pub fn blocking(name: String) -> Result<String, Fault> {
    Ok(name)
}

fn main() {
    let _ = (fits(), can_fire(), without_timeout());
    assert_eq!(blocking("x".into()).unwrap(), "x");
}
