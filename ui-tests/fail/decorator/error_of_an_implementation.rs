use resilient::{circuit_breaker, decorator, retry, timeout};

#[decorator(GuardedModel)]
trait Model {
    type Error;
    #[circuit_breaker]
    #[retry]
    #[timeout(secs = 1)]
    async fn complete(&self) -> Result<u32, Self::Error>;
}

struct Unsuitable;

impl Model for Unsuitable {
    type Error = String;

    async fn complete(&self) -> Result<u32, String> {
        Ok(1)
    }
}

fn is_a_model(_: impl Model) {}

async fn used() {
    let model = GuardedModel::new(Unsuitable);
    let _ = model.complete().await;
}

fn main() {
    is_a_model(GuardedModel::new(Unsuitable));
}
