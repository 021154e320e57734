use std::time::Duration;

use resilient::{BackoffShape, Jitter, Retry};

const NO_ATTEMPTS: Retry = Retry::new().max_attempts(0);
const TOO_MANY: Retry = Retry::new().max_retries(100);
const BOTH: Retry = Retry::new().max_attempts(3).max_retries(2);
const NO_DELAY: Retry = Retry::new().base_delay(Duration::ZERO);
const CAP_BELOW_BASE: Retry =
    Retry::new().base_delay(Duration::from_secs(10)).max_delay(Duration::from_secs(5));
const SHRINKING: Retry = Retry::new().multiplier(0.5);
const USELESS_FACTOR: Retry = Retry::new().multiplier(3.0).backoff(BackoffShape::Linear);
const USELESS_DELAY: Retry = Retry::new().backoff(BackoffShape::None).base_delay(Duration::from_secs(1));
const NEGATIVE_JITTER: Retry = Retry::new().jitter(Jitter::Ratio(-0.5));

fn main() {
    for retry in [
        NO_ATTEMPTS, TOO_MANY, BOTH, NO_DELAY, CAP_BELOW_BASE, SHRINKING, USELESS_FACTOR, USELESS_DELAY, NEGATIVE_JITTER,
    ] {
        let _ = retry.config();
    }
}
