use futures_util::stream::BoxStream;
use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[derive(Debug)]
struct Broken;

#[circuit_breaker(until_end, on = Fault::Lost)]
async fn pattern() -> Result<BoxStream<'static, Result<u32, Broken>>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
