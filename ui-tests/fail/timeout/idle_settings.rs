use futures_util::stream::BoxStream;
use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(idle = "10s")]
fn blocking(text: &str) -> Result<u32, Fault> {
    let _ = text;
    Err(Fault::Lost)
}

#[timeout(secs = 2, idle = 0)]
async fn zero() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

#[timeout(idle)]
async fn no_value() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

#[timeout(idle = "10 parsecs", secs = 2, ms = 2)]
async fn no_unit() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    Err(Fault::Lost)
}

#[timeout(idle = "10s")]
async fn no_result() -> BoxStream<'static, Result<u32, Fault>> {
    unimplemented!()
}

#[timeout(idle = "10s")]
async fn nothing() {}

#[timeout(idle = "10s")]
async fn opaque() -> impl Sized {}

fn main() {}
