use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(name = "llm", per_atempt)]
fn beside_a_name() -> Result<(), Fault> {
    Err(Fault::Lost)
}

#[circuit_breaker(unti_end)]
async fn alone() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
