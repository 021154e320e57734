use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator(Model)]
trait Model {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(name = GuardedOther)]
trait Other {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(name = "GuardedQuoted", crate = resilient)]
trait Quoted {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(name = 5)]
trait Number {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}


fn main() {
    // What is written otherwise is known all the same.
    let _ = (GuardedOther::new(1), GuardedQuoted::new(1));
}
