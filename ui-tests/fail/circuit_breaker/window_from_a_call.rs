use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "x", failure_rate = 0.5, window = window_of_today())]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
