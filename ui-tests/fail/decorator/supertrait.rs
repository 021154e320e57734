use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

trait Named {
    fn name(&self) -> String;
}

trait Priced {
    fn price(&self) -> u32;
}

#[decorator(GuardedModel)]
trait Model: Send + Named + Sync + Priced {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

fn main() {}
