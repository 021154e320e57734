//! Locks and cells as the rest of the crate uses them, in one place so that a model checker can take
//! their place. No policy lives here.

/// For statics, which a model checker's locks cannot be made for.
pub(crate) use std::sync::Mutex as StaticMutex;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// Between a `SeqCst` write and a `SeqCst` read of something else. Those are in one order for all threads by
/// themselves; a model checker that does not know of that order needs a fence here.
#[inline]
pub(crate) const fn between_write_and_read() {}

/// Locks `mutex`, also after a panic elsewhere: no user code runs under these locks, so what they
/// protect is whole at every instant a thread could have died.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// [`lock`], for one in a static.
pub(crate) fn lock_static<T>(mutex: &StaticMutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which of a few places a thread writes to, where threads are to keep out of one another's way.
pub(crate) mod shard {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering};

    pub(crate) const NUMBER: usize = 8;

    static NEXT: AtomicUsize = AtomicUsize::new(0);

    thread_local! {
        static OWN: Cell<usize> = const { Cell::new(usize::MAX) };
    }

    /// Threads take turns. A thread that is shutting down writes where the first one does.
    pub(crate) fn of_this_thread() -> usize {
        OWN.try_with(|own| {
            if own.get() == usize::MAX {
                own.set(NEXT.fetch_add(1, Ordering::Relaxed) % NUMBER);
            }
            own.get()
        })
        .unwrap_or_default()
    }
}
