use std::num::ParseIntError;

use futures_util::stream::{BoxStream, Iter};
use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(idle = "10s")]
async fn no_stream() -> Result<String, Fault> {
    Err(Fault::Lost)
}

#[timeout(idle = "10s")]
async fn own_stream() -> Result<Iter<std::vec::IntoIter<Result<u32, Fault>>>, Fault> {
    Err(Fault::Lost)
}

#[timeout(secs = 10, idle = "10s")]
async fn cannot_carry() -> Result<BoxStream<'static, Result<u32, ParseIntError>>, Fault> {
    Err(Fault::Lost)
}

const IDLE: u64 = 10;

#[timeout(idle = IDLE)]
async fn no_duration() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
