use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

macro_rules! method {
    ($name:ident) => {
        fn $name(&self) -> u32;
    };
}

#[decorator(GuardedModel)]
trait Model {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
    method!(other);
}

fn main() {}
