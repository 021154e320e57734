use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator(GuardedModel)]
trait Model: Sized {
    #[retry]
    fn shared(self: Arc<Self>) -> Result<u32, Fault>;
    fn counted(self: &Rc<Self>);
    fn pinned(self: Pin<&mut Self>);
    #[retry]
    fn guarded_by_default(self: Arc<Self>) -> Result<u32, Fault> {
        Ok(1)
    }
    fn left_to_the_default(self: Arc<Self>) {}
}

fn main() {}
