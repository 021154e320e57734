use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

struct Page(String);

#[fallback(cached(max_age = "10m", key = id))]
fn guarded(id: u32) -> Result<Served<Page>, Fault> {
    Ok(Page(id.to_string()).into())
}

fn main() {}
