use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

static LLM: u32 = 3;

#[circuit_breaker(LLM)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
