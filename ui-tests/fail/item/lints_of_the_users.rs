//! Each is reported once, where the user wrote what it is about.
#![deny(unused, deprecated, unreachable_code, non_snake_case, unused_must_use)]

use resilient::{Served, circuit_breaker, fallback, retry, timeout};
use resilient_ui_tests::Fault;

#[retry]
async fn unused_function() -> Result<(), Fault> {
    Err(Fault::Lost)
}

#[circuit_breaker]
#[retry]
pub fn unused_argument(used: String, unread: String, mut unchanged: u32) -> Result<usize, Fault> {
    Ok(used.len() + unchanged as usize)
}

#[fallback(default = 0)]
#[timeout(secs = 1)]
pub async fn unused_things(n: u32) -> Result<Served<u32>, Fault> {
    let unread = n;
    let mut unchanged = n;
    Fault::Lost.to_string();
    std::fs::read("x");
    return Ok(unchanged.into());
    Err(Fault::Lost)
}

#[deprecated]
fn old() {}

#[timeout(secs = 1)]
pub fn names(notSnake: u32) -> Result<u32, Fault> {
    old();
    Ok(notSnake)
}

#[must_use]
#[retry]
pub fn needed() -> Option<u32> {
    None
}

fn main() {
    needed();
}
