use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[derive(PartialEq, Eq, Hash)]
struct Host(String);

#[circuit_breaker(key = host)]
fn guarded(host: &Host) -> Result<usize, Fault> {
    Ok(host.0.len())
}

fn main() {}
