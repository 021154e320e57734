use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator]
trait Model {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(crate = resilient)]
trait Other {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

fn main() {}
