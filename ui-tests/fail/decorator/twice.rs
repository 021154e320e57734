use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator(Retrying)]
#[decorator(Bounded)]
trait Model {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

fn main() {}
