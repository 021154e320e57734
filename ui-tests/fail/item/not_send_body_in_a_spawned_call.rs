use std::rc::Rc;

use resilient::retry;
use resilient_ui_tests::Fault;

#[retry]
async fn guarded() -> Result<usize, Fault> {
    let name: Rc<str> = "x".into();
    std::future::ready(()).await;
    Ok(name.len())
}

fn spawned(_: impl Send) {}

fn spawn() {
    spawned(guarded());
}

fn main() {}
