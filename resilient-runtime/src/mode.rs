//! What a test binary has switched off for its whole process. Asked only where a failure or a wait has cost
//! more already; nothing here is for programs.

use std::sync::atomic::{AtomicBool, Ordering};

static WAITS: AtomicBool = AtomicBool::new(true);
static ACTIVE: AtomicBool = AtomicBool::new(true);

/// Whether delays between attempts are waited for.
pub(crate) fn waits() -> bool {
    WAITS.load(Ordering::Relaxed)
}

/// Whether the policies do anything.
pub(crate) fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

pub(crate) fn wait_nothing() {
    WAITS.store(false, Ordering::Relaxed);
}

pub(crate) fn deactivate() {
    ACTIVE.store(false, Ordering::Relaxed);
}
