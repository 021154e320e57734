//! Functions that give streams, under the policies that go with them, in a module without a prelude.
#![no_implicit_prelude]

use ::futures_util::stream::{BoxStream, Stream, iter};
use ::resilient_zoo::prelude::{Fault, Served, circuit_breaker, fallback, retry, timeout};
use ::std::boxed::Box;
use ::std::primitive::{str, u32, usize};
use ::std::result::Result;
use ::std::string::String;
use ::std::vec;

/// Neither `Ok`, nor `Some`, nor `Clone`, nor `From`.
#[circuit_breaker(name = "zoo::boxed_stream", until_end)]
#[retry(until_first_item)]
#[timeout(secs = 60, idle = "10s")]
pub async fn boxed(text: &str) -> Result<BoxStream<'static, Result<usize, Fault>>, Fault> {
    let items = vec![Result::Ok(text.len())];
    Result::Ok(Box::pin(iter(items)))
}

/// By what its call is told apart.
#[circuit_breaker(name = "zoo::opaque_stream", key = name, on = Fault::Lost, otherwise = neutral, until_end)]
#[retry(until_first_item, when = |error| ::std::matches!(error, Fault::Lost))]
#[timeout(idle = ::std::time::Duration::from_secs(limit))]
pub async fn opaque(
    name: String,
    limit: ::std::primitive::u64,
) -> Result<impl Stream<Item = Result<String, Fault>> + use<>, Fault> {
    Result::Ok(iter(vec![Result::Ok(name)]))
}

/// Names that an expansion says, too.
#[fallback(default = Box::pin(iter(vec![Result::Ok(permit)])))]
#[circuit_breaker(name = "zoo::locals_stream", until_end)]
#[retry(until_first_item)]
#[timeout(secs = 60, idle = "10s")]
pub async fn locals(
    permit: u32,
    body: u32,
    idle: u32,
    out: u32,
    run: u32,
) -> Result<Served<BoxStream<'static, Result<u32, Fault>>>, Fault> {
    let limit = permit + body + idle + out + run;
    let stream: BoxStream<'static, Result<u32, Fault>> = Box::pin(iter(vec![Result::Ok(limit)]));
    Result::Ok(::std::convert::From::from(stream))
}

#[::core::prelude::v1::test]
fn they_are_called() {
    use ::futures_util::StreamExt as _;
    use ::std::convert::From as _;
    use ::std::option::Option;

    let read = ::futures_util::FutureExt::now_or_never(async {
        let mut lengths = boxed("four").await.ok()?;
        let mut names = opaque(String::from("x"), 9).await.ok()?;
        let mut sums = locals(1, 2, 3, 4, 5).await.ok()?.into_inner();
        Option::Some((lengths.next().await?.ok()?, names.next().await?.ok()?, sums.next().await?.ok()?))
    });
    ::std::assert_eq!(read, Option::Some(Option::Some((4, String::from("x"), 15))));
}
