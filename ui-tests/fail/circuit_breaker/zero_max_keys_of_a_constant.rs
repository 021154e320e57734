use resilient::{CircuitBreaker, KeyedCircuitBreaker, circuit_breaker};
use resilient_ui_tests::Fault;

const MANY: u32 = 0;
static HOSTS: KeyedCircuitBreaker = CircuitBreaker::new("hosts").keyed().max_keys(0);

#[circuit_breaker(name = "b", key = host, max_keys = MANY)]
fn constant(host: &str) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {
    HOSTS.of("a").reset();
}
