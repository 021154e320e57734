//! Bodies of sync timeouts that were given up and are still running: how many there are, of which operation,
//! and how many there may be. What is given up, and when, is decided elsewhere.

use crate::sync::{AtomicUsize, Mutex, Ordering, lock};

/// While so many bodies of one operation that were given up are still running, further sync timeouts of that
/// operation fail at once, without running theirs: piling up threads helps nobody. Other operations are not
/// held back. (Callers that are waiting by then may still add theirs.)
pub const MAX_ABANDONED_WORKERS: usize = 64;

/// Of all operations; so that nobody has to look further while there are none.
static ALL: AtomicUsize = AtomicUsize::new(0);

/// Those operations that have any. They are few: names are written in the program.
static BY_OPERATION: Mutex<Vec<(&'static str, usize)>> = Mutex::new(Vec::new());

/// Bodies, of all operations, that were given up at their limit and are still running.
#[must_use]
pub fn abandoned_workers() -> usize {
    ALL.load(Ordering::Relaxed)
}

/// How many there are of `operation`, if that is as many as there may be.
#[inline]
pub(super) fn too_many(operation: &'static str) -> Option<usize> {
    if abandoned_workers() < MAX_ABANDONED_WORKERS {
        return None;
    }
    let of_it = lock(&BY_OPERATION).iter().find(|(name, _)| *name == operation).map(|(_, count)| *count);
    of_it.filter(|count| *count >= MAX_ABANDONED_WORKERS)
}

/// One more.
pub(super) fn give_up(operation: &'static str) {
    ALL.fetch_add(1, Ordering::Relaxed);
    let mut counts = lock(&BY_OPERATION);
    match counts.iter_mut().find(|(name, _)| *name == operation) {
        Some((_, count)) => *count += 1,
        None => counts.push((operation, 1)),
    }
}

/// One of them has ended.
pub(super) fn came_back(operation: &'static str) {
    ALL.fetch_sub(1, Ordering::Relaxed);
    let mut counts = lock(&BY_OPERATION);
    if let Some(place) = counts.iter().position(|(name, _)| *name == operation) {
        if let Some((_, count @ 2..)) = counts.get_mut(place) {
            *count -= 1;
        } else {
            counts.swap_remove(place);
        }
    }
}
