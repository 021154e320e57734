use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[fallback(degraded = |_| Ok(7))]
fn not_served() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn mirror(_: Fault) -> Result<Served<u64>, Fault> {
    Err(Fault::Lost)
}

#[fallback(degraded = mirror)]
fn of_another_type() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
