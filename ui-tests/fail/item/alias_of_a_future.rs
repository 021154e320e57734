use std::future::Future;
use std::pin::Pin;

use resilient::retry;
use resilient_ui_tests::Fault;

type Answer = Pin<Box<dyn Future<Output = Result<u32, Fault>> + Send>>;

#[retry]
fn guarded() -> Answer {
    Box::pin(async { Ok(1) })
}

fn main() {}
