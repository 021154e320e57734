use resilient::{RetryConfig, decorator, timeout};
use resilient_ui_tests::Fault;

#[decorator(GuardedModel)]
trait Model {
    #[timeout(secs = 1)]
    async fn ask(&self) -> Result<u32, Fault>;
}

fn main() {
    let _ = GuardedModel::with_config(1, RetryConfig::default());
}
