use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator("RetryingModel")]
trait InQuotes {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(RetryingModel<M>)]
trait Generic {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(struct)]
trait Keyword {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(RetryingModel Other)]
trait TwoWords {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(One, Another)]
trait Two {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

fn main() {}
