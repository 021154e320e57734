use futures_util::stream::BoxStream;
use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(until_first_item)]
async fn no_stream() -> Result<Vec<u32>, Fault> {
    Err(Fault::Lost)
}

#[retry(until_first_item)]
async fn items_that_cannot_fail() -> Result<BoxStream<'static, u32>, Fault> {
    Err(Fault::Lost)
}

type Answer = Result<String, Fault>;

#[retry(until_first_item)]
async fn behind_an_alias() -> Answer {
    Err(Fault::Lost)
}

fn main() {}
