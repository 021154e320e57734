//! Locks and cells as the rest of the crate uses them, in one place so that a model checker can take
//! their place. No policy lives here.

/// For statics, which a model checker's locks cannot be made for.
pub(crate) use std::sync::Mutex as StaticMutex;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// Locks `mutex`, also after a panic elsewhere: no user code runs under these locks, so what they
/// protect is whole at every instant a thread could have died.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// [`lock`], for one in a static.
pub(crate) fn lock_static<T>(mutex: &StaticMutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
