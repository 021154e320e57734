use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", failure_threshold = 0, failure_rate = 2, window = -1, minimum_calls = 1.5, slow_call_rate = none, max_recovery_timeout = "1 s 5")]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
