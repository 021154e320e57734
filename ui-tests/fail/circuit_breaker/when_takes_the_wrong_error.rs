use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(when = |error: &String| error.is_empty())]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
