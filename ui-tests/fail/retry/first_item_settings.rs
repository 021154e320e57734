use futures_util::stream::BoxStream;
use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(until_first_item)]
fn blocking() -> Result<u32, Fault> {
    Err(Fault::Lost)
}

#[retry(until_first_item)]
async fn optional() -> Option<BoxStream<'static, Result<u32, Fault>>> {
    None
}

#[retry(until_first_item)]
async fn bare() -> BoxStream<'static, Result<u32, Fault>> {
    unimplemented!()
}

#[retry(until_first_item = 3)]
async fn counted() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

#[retry(until_first, max_attempts = 0)]
async fn misspelt() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
