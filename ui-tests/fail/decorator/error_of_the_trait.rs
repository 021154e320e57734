use resilient::{decorator, retry, timeout};

#[derive(Debug)]
struct Unsuitable;

#[decorator(GuardedModel)]
trait Model {
    #[retry]
    fn ask(&self) -> Result<u32, Unsuitable>;
    #[timeout(secs = 1)]
    async fn bounded(&self) -> Result<u32, Unsuitable>;
}

/// Hides the error type, and that it is one.
type Outcome<T> = Result<u32, T>;

#[decorator(GuardedOther)]
trait Other {
    type Error;
    #[retry]
    fn ask(&self) -> Outcome<Self::Error>;
}

fn main() {}
