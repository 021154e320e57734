use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

struct Request;

#[decorator(GuardedModel)]
trait Model {
    #[retry]
    async fn ask(&self, request: Request) -> Result<u32, Fault>;
    #[retry]
    fn consumed(self) -> Result<u32, Fault>
    where
        Self: Sized;
}

struct Once;

impl Model for Once {
    async fn ask(&self, _: Request) -> Result<u32, Fault> {
        Ok(1)
    }

    fn consumed(self) -> Result<u32, Fault> {
        Ok(1)
    }
}

fn is_a_model(_: impl Model) {}

fn main() {
    is_a_model(GuardedModel::new(Once));
}
