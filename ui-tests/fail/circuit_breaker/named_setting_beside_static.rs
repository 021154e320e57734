use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

static LLM: resilient::CircuitBreaker = resilient::CircuitBreaker::new("llm");

#[circuit_breaker(LLM, failure_threshold = 3)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
