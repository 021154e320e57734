//! Bounding a whole call: attempts, delays and the running attempt. What runs inside can ask how much
//! is left; a retry inside starts no delay that would outlast it.

use std::time::Duration;

use crate::bound::{self, Bound, Entered};
use crate::clock;
use crate::error::TimeoutError;

#[cfg(feature = "tokio")]
mod bounded;
#[cfg(feature = "tokio")]
pub use bounded::Deadline;

/// Drops `future` when it has not finished within `limit`, counted from its first poll, and lets
/// everything inside see what [`remains`](crate::remaining()).
///
/// A result that is ready at the deadline wins. A zero limit polls the future once.
///
/// # Errors
/// [`TimeoutError`]: the time is up; the future was dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use resilient_runtime::{deadline, remaining};
///
/// let limit = Duration::from_secs(10);
/// assert_eq!(deadline(limit, "report", async { remaining() }).await, Ok(Some(limit)));
/// assert!(deadline(limit, "report", std::future::pending::<()>()).await.is_err());
/// # }
/// ```
#[cfg(feature = "tokio")]
#[inline]
pub fn deadline<F: Future>(limit: Duration, operation: &'static str, future: F) -> Deadline<F> {
    Deadline::new(limit, operation, future)
}

#[cfg(feature = "tokio")]
use std::future::Future;

/// Bounds what this thread does while the guard lives. It interrupts nothing: attempts inside are
/// bounded by [`timeout_sync`](crate::timeout_sync), which keeps to it.
pub fn deadline_sync(limit: Duration, operation: &'static str) -> Entered {
    let at = clock::now().after(limit);
    bound::enter(Bound { at, error: TimeoutError { operation, limit } })
}

#[cfg(test)]
mod tests;
