use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

// Each of several tiers is looked at.
#[fallback(degraded = (Err, 7, || Ok(7.into())), degraded = "mirror", degraded = (Err, (Err, Err)))]
fn guarded() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

#[fallback(degraded = (|_| Ok(7.into()), |error: String| Err(error)))]
fn second_of_the_wrong_type() -> Result<Served<u32>, Fault> {
    Err(Fault::Lost)
}

fn main() {}
