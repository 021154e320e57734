//! The checker's locks and atomics, by the names of the runtime's `sync`.

pub(crate) use std::sync::Mutex as StaticMutex;
pub(crate) use std::sync::{OnceLock, PoisonError};

pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
pub(crate) use loom::sync::{Mutex, MutexGuard};

/// The checker takes `SeqCst` operations for acquiring and releasing ones; its fences are as std's.
pub(crate) fn between_write_and_read() {
    fence(Ordering::SeqCst);
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn lock_static<T>(mutex: &StaticMutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) mod shard {
    //! One place: threads that are in one another's way are what models are for.

    pub(crate) const NUMBER: usize = 1;

    pub(crate) const fn of_this_thread() -> usize {
        0
    }
}
