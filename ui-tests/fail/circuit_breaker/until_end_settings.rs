use futures_util::stream::BoxStream;
use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(until_end)]
fn blocking() -> Result<u32, Fault> {
    Err(Fault::Lost)
}

#[circuit_breaker(until_end = true, recovery_timeout = 0)]
async fn no_recovery() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

#[circuit_breaker(until_end = 3)]
async fn counted() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
