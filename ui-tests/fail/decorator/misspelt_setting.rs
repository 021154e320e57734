use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator(RetryingModel, crat = resilient, max_attempts = 5)]
trait Model {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

fn main() {}
