use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator(GuardedPromise)]
unsafe trait Promise {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

#[decorator(GuardedModel)]
trait Model {
    #[retry]
    unsafe fn ask(&self) -> Result<u32, Fault>;
    unsafe fn plain(&self);
    unsafe fn left_to_the_default(&self) {}
}

fn main() {}
