use std::rc::Rc;

use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator(GuardedModel)]
trait Model {
    #[retry]
    fn complete(&self) -> impl Future<Output = Result<u32, Fault>> + Send;
}

struct Local(Rc<u32>);

impl Model for Local {
    fn complete(&self) -> impl Future<Output = Result<u32, Fault>> + Send {
        std::future::ready(Ok(*self.0))
    }
}

fn main() {
    let model = GuardedModel::new(Local(Rc::new(1)));
    drop(model.complete());
}
