use resilient::{CircuitBreaker, circuit_breaker};
use resilient_ui_tests::Fault;

static LLM: CircuitBreaker = CircuitBreaker::new("llm");

#[circuit_breaker(LLM, key = host)]
fn guarded(host: &str) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
