//! Bounding one run of a future. The timer is armed when the future has to wait for the first time: a
//! future that is ready at its first poll costs no timer and no look at a clock. Closures are bounded
//! in `blocking`.

use std::time::Duration;

use crate::error::TimeoutError;
use crate::event;

mod blocking;
mod worker;

pub use blocking::{MAX_ABANDONED_WORKERS, abandoned_workers, timeout_sync};

/// The refusal, told as an event.
fn timed_out(error: TimeoutError) -> TimeoutError {
    event::timeout(&error);
    error
}

/// Drops `future` when it has not finished within `limit`, counted from its first wait.
///
/// A result that is ready at the limit wins. A zero limit polls the future once. A future that never
/// waits cannot be bounded: run blocking code by [`timeout_sync`].
///
/// # Errors
/// [`TimeoutError`]: the limit has passed; the future was dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use resilient_runtime::timeout;
///
/// let answer = timeout(Duration::from_secs(2), "lookup", std::future::pending::<()>()).await;
/// assert_eq!(answer.unwrap_err().to_string(), "lookup timed out after 2s");
/// # }
/// ```
#[cfg(feature = "tokio")]
#[inline]
pub fn timeout<F: Future>(limit: Duration, operation: &'static str, future: F) -> Timeout<F> {
    Timeout::new(limit, operation, future)
}

#[cfg(feature = "tokio")]
mod bounded;
#[cfg(feature = "tokio")]
pub use bounded::Timeout;

#[cfg(feature = "tokio")]
use std::future::Future;

#[cfg(test)]
mod tests;
