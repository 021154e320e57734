use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[derive(Clone)]
struct Host(String);

#[circuit_breaker(key = host)]
fn guarded(host: &Host) -> Result<usize, Fault> {
    Ok(host.0.len())
}

#[circuit_breaker(key = (host, region))]
fn of_two(host: &Host, region: u8) -> Result<usize, Fault> {
    Ok(host.0.len() + usize::from(region))
}

fn main() {}
