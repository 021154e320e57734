use resilient::{TimeoutError, retry, timeout};

#[retry]
async fn retried() -> Option<u32> {
    None
}

#[timeout(5)]
async fn bounded() -> Result<u32, TimeoutError> {
    Ok(1)
}

#[timeout(5)]
fn returned() -> impl Future<Output = Result<u32, TimeoutError>> {
    async { Ok(1) }
}

fn main() {}
