//! Bounding one run of a body: what a timeout is told as. Futures are bounded in `bounded`, waits for
//! the items of a stream in `idle`, closures that block in `blocking`, on the threads of `worker`, which are handed their orders at a `desk`.

use crate::limit::{Carried, CrossesThreads};

mod abandoned;
mod blocking;
#[cfg(feature = "tokio")]
mod bounded;
mod desk;
#[cfg(all(feature = "stream", feature = "tokio"))]
mod idle;
mod order;
mod spare;
mod surroundings;
mod untold;
mod worker;

pub use abandoned::{MAX_ABANDONED_WORKERS, abandoned_workers};
pub use blocking::timeout_sync;
#[cfg(feature = "tokio")]
pub use bounded::{Timeout, bound_attempt, bound_made, timeout};
#[cfg(all(feature = "stream", feature = "tokio"))]
pub use idle::idle_timeout;

/// What attributes write.
#[doc(hidden)]
impl<R> Carried<R> {
    /// Bounds one attempt whose body blocks: it runs on a worker. A timeout is the caller's own error.
    pub fn timeout_sync(&self, body: impl FnOnce() -> R + Send + 'static) -> R
    where
        R: CrossesThreads + 'static,
    {
        timeout_sync(self.limit.duration(), self.limit.error().operation, body).unwrap_or_else(self.carry)
    }
}

#[cfg(test)]
mod tests;
