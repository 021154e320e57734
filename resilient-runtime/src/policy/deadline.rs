//! Bounding a whole call: attempts, delays and the running attempt. What runs inside can ask how much
//! is left; a retry inside starts no delay that would outlast it.

use std::time::Duration;

use crate::bound::{self, Bound, Entered};
use crate::clock::{self, Moment};
use crate::error::TimeoutError;
use crate::mode;

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
    bound::enter(Bound { at: end_of(limit), error, is_awaited: false })
}

/// When a limit is up that begins now.
fn end_of(limit: Duration) -> Moment {
    if mode::is_active() { clock::now().after(limit) } else { Moment::MAX }
}

#[cfg(test)]
mod tests;
