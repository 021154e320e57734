use resilient::{decorator, retry, timeout};
use resilient_ui_tests::Fault;

#[decorator(Retrying)]
#[retry(max_attempts = 5)]
#[resilient::timeout(secs = 1)]
trait Model {
    #[timeout(secs = 5)]
    async fn ask(&self) -> Result<u32, Fault>;
}

fn main() {}
