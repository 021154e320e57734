use std::borrow::Cow;

use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(secs = 1)]
fn guarded<'a>(name: Cow<'a, str>, words: Vec<&str>) -> Result<usize, Fault> {
    Ok(name.len() + words.len())
}

fn main() {}
