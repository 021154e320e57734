use futures_util::stream::Iter;
use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

#[circuit_breaker(until_end)]
async fn no_stream() -> Result<String, Fault> {
    Err(Fault::Lost)
}

#[circuit_breaker(until_end)]
async fn own_stream() -> Result<Iter<std::vec::IntoIter<Result<u32, Fault>>>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
