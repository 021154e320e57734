//! The nearest legal forms of what is refused.
#![deny(warnings)]
#![forbid(unsafe_code)]

use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};
use resilient::{Served, circuit_breaker, fallback, retry, timeout};
use resilient_ui_tests::Fault;

#[fallback(default = 7)]
#[circuit_breaker(name = "llm", failure_threshold = 1, half_open_max_calls = 1, success_threshold = 1)]
#[retry(max_attempts = 100, base_delay = "1m", max_delay = "1m", multiplier = 1, jitter = 1)]
#[timeout(ms = 500, operation = "lookup")]
pub async fn classify(prompt: &str) -> Result<Served<u32>, Fault> {
    let _ = prompt;
    Err(Fault::Lost)
}

#[retry(max_retries = 99, backoff = none, on = any)]
#[circuit_breaker(name = "llm", failure_threshold = 1, per_attempt)]
pub fn per_attempt(name: String) -> Result<String, Fault> {
    Ok(name)
}

#[circuit_breaker(name = "chat", until_end, on = Fault::Lost, otherwise = neutral)]
#[retry(until_first_item, when = |error| matches!(error, Fault::Lost))]
#[timeout(secs = 120, idle = "10s")]
pub async fn chat(prompt: &str) -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
    let length = u32::try_from(prompt.len()).map_err(|_| Fault::Lost)?;
    Ok(stream::iter([Ok(length)]).boxed())
}

#[circuit_breaker(key = prompt.len(), until_end)]
#[retry(until_first_item)]
#[timeout(idle = 10)]
pub async fn chat_unboxed(prompt: String) -> Result<impl Stream<Item = Result<String, Fault>> + use<>, Fault> {
    Ok(stream::iter([Ok(prompt)]))
}

/// On one line: braces that are the user's own must not look unneeded.
#[retry]
pub async fn short() -> Result<u8, Fault> { Ok(1) }

#[timeout(1)]
pub fn short_and_blocking(name: String) -> Result<String, Fault> { Ok(name) }

fn main() {
    let _ = (short(), short_and_blocking);
    let _ = (classify("x"), per_attempt);
    let _ = (chat("x"), chat_unboxed("x".into()));
}
