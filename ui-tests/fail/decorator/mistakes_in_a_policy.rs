use resilient::{decorator, retry, timeout};
use resilient_ui_tests::Fault;

#[decorator(GuardedModel)]
trait Model {
    #[retry(max_attempts = 0)]
    fn ask(&self) -> Result<u32, Fault>;
    #[timeout(secs = 1)]
    #[retry]
    async fn wrong_order(&self) -> Result<u32, Fault>;
    #[retry]
    fn never_fails(&self);
    #[retry = 3]
    fn other_form(&self) -> Result<u32, Fault>;
    #[timeout(secs = 1)]
    fn borrowed(&self) -> Result<u32, Fault>;
}

fn main() {}
