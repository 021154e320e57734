//! Bounding a whole call: attempts, delays and the running attempt. What runs inside can ask how much
//! is left; a retry inside starts no delay that would outlast it.

use std::time::Duration;

use crate::bound::{self, Bound, Entered};
use crate::clock;
use crate::error::TimeoutError;

#[cfg(feature = "tokio")]
mod bounded;
#[cfg(feature = "tokio")]
pub use bounded::due;
#[cfg(feature = "tokio")]
pub use bounded::{Deadline, deadline};

/// Bounds what this thread does while the guard lives. It interrupts nothing: attempts inside are
/// bounded by sync timeouts, which keep to it.
pub fn deadline_sync(operation: &'static str, limit: Duration) -> Entered {
    let error = TimeoutError { operation, limit };
    bound::enter(Bound { at: clock::now().after(limit), error })
}

#[cfg(test)]
mod tests;
