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

async fn with_another_error(_: Fault) -> Result<Served<u32>, u8> {
    Err(1)
}

#[fallback(degraded = with_another_error)]
async fn of_another_error() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

#[fallback(degraded = async |_| {
    let text = 7.to_strin();
    Ok::<_, Fault>(text.len())
})]
async fn misspelt() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
