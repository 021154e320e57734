use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator(GuardedModel)]
trait Model: Sized {
    type Builder: Into<Self>;
    const EMPTY: Option<Self>;
    const LEFT_TO_THE_DEFAULT: Option<Self> = None;
    #[retry]
    fn made() -> Result<Self, Fault>;
    fn named(self, name: &str) -> Self;
    fn all(&self, others: Vec<Self>);
    fn into<T: From<Self>>(&self) -> T;
    fn left_to_the_default(self) -> Self {
        self
    }
}

fn main() {}
