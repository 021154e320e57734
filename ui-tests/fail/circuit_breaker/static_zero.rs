
use std::time::Duration;
use resilient::CircuitBreaker;

static LLM: CircuitBreaker = CircuitBreaker::new("llm").recovery_timeout(Duration::ZERO);

fn main() {
    LLM.reset();
}
