use std::rc::Rc;

use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(secs = 1)]
fn guarded(name: Rc<str>) -> Result<usize, Fault> {
    Ok(name.len())
}

fn main() {}
