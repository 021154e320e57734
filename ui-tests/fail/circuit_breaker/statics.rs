use std::time::Duration;

use resilient::{CircuitBreaker, Window};

static NO_NAME: CircuitBreaker = CircuitBreaker::new("");
static NO_FAILURES: CircuitBreaker = CircuitBreaker::new("a").failure_threshold(0);
static NO_RATE: CircuitBreaker = CircuitBreaker::new("b").failure_rate(0.0);
static TOO_HIGH: CircuitBreaker = CircuitBreaker::new("c").failure_rate(50.0);
static TWO_RULES: CircuitBreaker = CircuitBreaker::new("d").failure_threshold(3).failure_rate(0.5);
static NEVER_JUDGED: CircuitBreaker =
    CircuitBreaker::new("e").failure_rate(0.5).window(Window::Calls(10)).minimum_calls(20);
static NO_WINDOW: CircuitBreaker = CircuitBreaker::new("f").failure_rate(0.5).window(Window::Time(Duration::ZERO));
static SHRINKING: CircuitBreaker = CircuitBreaker::new("g")
    .recovery_timeout(Duration::from_secs(60))
    .max_recovery_timeout(Duration::from_secs(30));
static NO_PROBES: CircuitBreaker = CircuitBreaker::new("h").half_open_max_calls(0);

fn main() {
    for breaker in [
        &NO_NAME, &NO_FAILURES, &NO_RATE, &TOO_HIGH, &TWO_RULES, &NEVER_JUDGED, &NO_WINDOW, &SHRINKING, &NO_PROBES,
    ] {
        breaker.reset();
    }
}
