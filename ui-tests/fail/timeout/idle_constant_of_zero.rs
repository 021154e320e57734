use std::time::Duration;

use futures_util::stream::BoxStream;
use resilient::timeout;
use resilient_ui_tests::Fault;

const IDLE: Duration = Duration::ZERO;

#[timeout(idle = IDLE)]
async fn guarded() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
