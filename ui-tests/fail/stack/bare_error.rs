use resilient::{Served, circuit_breaker, deadline, fallback, retry, timeout};

/// Neither says what to retry nor can carry a refusal.
#[derive(Debug)]
struct Bare;

/// Cannot say that it is degraded.
struct Label;

#[fallback(default = 7)]
#[deadline(secs = 60)]
#[circuit_breaker(name = "x")]
#[retry]
#[timeout(secs = 2)]
async fn guarded() -> Result<Served<u32>, Bare> {
    Err(Bare)
}

#[fallback(default = Label)]
#[circuit_breaker(name = "x")]
#[retry(on = any)]
#[timeout(secs = 2)]
fn blocking(name: String) -> Result<Label, Bare> {
    drop(name);
    Err(Bare)
}

fn main() {}
