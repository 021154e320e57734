//! Bounding one run of a body: what a timeout is told as. Futures are bounded in `bounded`, closures that
//! block in `blocking`, on the threads of `worker`.

use crate::error::{CarriesTimeout, TimeoutError};
use crate::event;
use crate::limit::{CrossesThreads, Limit};
use crate::private::{Refusable, timed_out};

mod blocking;
#[cfg(feature = "tokio")]
mod bounded;
mod worker;

pub use blocking::{MAX_ABANDONED_WORKERS, abandoned_workers, timeout_sync};
#[cfg(feature = "tokio")]
pub use bounded::{Timeout, timeout};

/// The refusal, told as an event.
fn told(error: TimeoutError) -> TimeoutError {
    event::timeout(&error);
    error
}

/// What attributes write.
#[doc(hidden)]
impl Limit {
    /// Bounds one attempt whose body blocks: it runs on a worker. A timeout is the caller's own error.
    pub fn timeout_sync<R, E>(&self, body: impl FnOnce() -> R + Send + 'static) -> R
    where
        R: CrossesThreads + Refusable<Error = E> + 'static,
        E: CarriesTimeout,
    {
        timeout_sync(self.duration(), self.error().operation, body).unwrap_or_else(timed_out)
    }
}

#[cfg(test)]
mod tests;
