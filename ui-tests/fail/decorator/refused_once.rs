use std::sync::Arc;

use resilient::{circuit_breaker, deadline, decorator, fallback, retry, timeout};
use resilient_ui_tests::Fault;

/// What a policy demands of a method that is refused is nobody's business.
#[decorator(Guarded)]
trait Model {
    #[retry]
    #[timeout(secs = 1)]
    async fn shared(self: Arc<Self>, text: &mut String) -> Result<u32, Fault>;
    #[retry]
    fn later<T: Send>(self: Arc<Self>, _: T, text: impl Into<String>, _: impl Send) -> impl Future<Output = Result<u32, Fault>> + Send;
    #[deadline(secs = 1)]
    #[circuit_breaker]
    fn copied(self) -> Self;
    #[fallback(default = 1)]
    #[retry(on = std::io::Error)]
    fn listed(&self) -> Vec<Self>
    where
        Self: Sized;
    #[retry]
    fn kept(&self) -> Result<u32, Fault>;
}

fn main() {
    let _ = Guarded::new(Fault).into_inner();
}
