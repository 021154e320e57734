use resilient::{CircuitBreaker, KeyedCircuitBreaker, circuit_breaker};
use resilient_ui_tests::Fault;

static HOSTS: KeyedCircuitBreaker = CircuitBreaker::new("hosts").keyed();

#[circuit_breaker(HOSTS, key = host, max_keys = 3)]
fn guarded(host: &str) -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
