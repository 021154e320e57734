use std::sync::Arc;

use resilient::{decorator, retry, timeout};
use resilient_ui_tests::Fault;

#[decorator(GuardedModel, name = "model")]
#[timeout(secs = 1)]
trait Model: Sized {
    #[retry(max_atempts = 3)]
    fn ask(&self) -> Result<u32, Fault>;
    #[timeout(secs = 0)]
    async fn bounded(&self) -> Result<u32, Fault>;
    #[retry]
    #[retry]
    fn twice(&self) -> Result<u32, Fault>;
    #[retry]
    fn shared(self: Arc<Self>) -> Result<u32, Fault>;
    fn copy(&self) -> Self;
}

fn used<M: Model>(model: M) -> u32 {
    let model = GuardedModel::new(model);
    model.ask().unwrap_or_default()
}

fn main() {}
