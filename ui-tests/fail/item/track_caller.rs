use std::future::Future;

use resilient::{circuit_breaker, retry};
use resilient_ui_tests::Fault;

#[retry]
#[track_caller]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

#[track_caller]
#[circuit_breaker]
fn guarded_too() -> impl Future<Output = Result<(), Fault>> {
    std::future::ready(Err(Fault::Lost))
}

fn main() {}
