use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(degraded = |_| 7)]
async fn at_once() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

#[fallback(degraded = async |_| 7)]
async fn awaited() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

#[fallback(degraded = |_| Ok(7))]
async fn not_served() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
