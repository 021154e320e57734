use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

#[derive(Clone)]
struct Query(String);

#[fallback(cached(max_age = "10m", key = query))]
fn guarded(query: Query) -> Result<Served<u32>, Fault> {
    Ok(query.0.len() as u32).map(Served::from)
}

fn main() {}
