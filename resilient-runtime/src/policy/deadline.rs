//! Bounding a whole call: attempts, delays and the running attempt. What runs inside can ask how much
//! is left; a retry inside starts no delay that would outlast it.

use crate::bound::{self, Bound, Entered};
use crate::clock;
use crate::limit::{Carried, Limit};

#[cfg(feature = "tokio")]
mod bounded;
#[cfg(feature = "tokio")]
pub use bounded::{Deadline, deadline};

/// Bounds what this thread does while the guard lives. It interrupts nothing: attempts inside are
/// bounded by sync timeouts, which keep to it.
fn deadline_sync(limit: &Limit) -> Entered {
    let error = limit.error();
    bound::enter(Bound { at: clock::now().after(error.limit), error })
}

/// What attributes write.
#[doc(hidden)]
impl<R> Carried<R> {
    /// Bounds a whole call that blocks; what it does on this thread is not interrupted.
    pub fn deadline_sync(&self, call: impl FnOnce() -> R) -> R {
        let _bounded = deadline_sync(&self.limit);
        call()
    }
}

#[cfg(test)]
mod tests;
