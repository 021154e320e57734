//! Who tells that a limit has passed, where several wait for the same one, each on a thread of its own: the
//! outermost. Who is the first to see it is chance.

use std::cell::Cell;

use crate::error::TimeoutError;
use crate::event;

thread_local! {
    /// The limit has passed that the order of this thread, a worker, has to keep; to be told by whoever waits
    /// for the order.
    static UNTOLD: Cell<bool> = const { Cell::new(false) };
}

/// The limit has passed that is told as `error`. Tells that, unless somebody is waiting who does.
pub(super) fn passed(error: TimeoutError, is_awaited: bool) -> TimeoutError {
    if is_awaited {
        // A worker that shuts down has no order.
        let _ = UNTOLD.try_with(|untold| untold.set(true));
    } else {
        event::timeout(&error);
    }
    error
}

/// What this thread's order has left to be told.
#[inline]
pub(super) fn take() -> bool {
    UNTOLD.try_with(Cell::take).unwrap_or_default()
}
