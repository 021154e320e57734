use futures_util::stream::{BoxStream, Iter};
use resilient::retry;
use resilient_ui_tests::Fault;

#[derive(Debug)]
struct Broken;

#[retry(until_first_item)]
async fn own_error() -> Result<BoxStream<'static, Result<u32, Broken>>, Fault> {
    Err(Fault::Lost)
}

#[retry(until_first_item)]
async fn own_stream() -> Result<Iter<std::vec::IntoIter<Result<u32, Fault>>>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
