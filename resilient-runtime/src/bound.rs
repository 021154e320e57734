//! By when the caller of the running code wants an answer, and on whose behalf: set by deadlines and
//! sync timeouts, seen by everything that runs inside them. Nobody is stopped from here.

use std::cell::Cell;
use std::marker::PhantomData;
use std::time::Duration;

use crate::clock::{self, Moment};
use crate::error::TimeoutError;

/// When something ends, as one policy hands it on to another.
#[derive(Clone, Copy, Debug)]
pub struct End(pub(crate) Moment);

/// An end, and the error that tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) at: Moment,
    pub(crate) error: TimeoutError,
    /// Whether somebody on another thread waits until then, and tells of it.
    pub(crate) is_awaited: bool,
}

impl Bound {
    /// The earlier of two.
    pub(crate) fn tightened(self, other: Option<Self>) -> Self {
        match other {
            Some(other) if other.at < self.at => other,
            _ => self,
        }
    }

    pub(crate) fn remaining(self) -> Duration {
        self.at.since(clock::now())
    }
}

thread_local! {
    static CURRENT: Cell<Option<Bound>> = const { Cell::new(None) };
}

/// The bound of this thread, if it has one. `None` while the thread is shutting down.
#[inline]
pub(crate) fn current() -> Option<Bound> {
    CURRENT.try_with(Cell::get).unwrap_or_default()
}

/// Makes `bound` (or the tighter one that holds already) this thread's until the guard is dropped.
#[inline]
pub(crate) fn enter(bound: Bound) -> Entered {
    let outer = current();
    set(Some(bound.tightened(outer)));
    Entered { outer, stays: PhantomData }
}

#[inline]
fn set(bound: Option<Bound>) {
    // A thread that is shutting down has nothing left to bound.
    let _ = CURRENT.try_with(|current| current.set(bound));
}

/// While it lives, this thread is bounded.
#[derive(Debug)]
#[must_use = "the bound holds only while this lives"]
pub struct Entered {
    outer: Option<Bound>,
    /// It restores its own thread's bound.
    stays: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        set(self.outer);
    }
}

/// How much time is left of what the callers of the running code are ready to wait: inside a
/// `#[deadline]`, and inside the body of a sync `#[timeout]`, so that a long loop can stop by itself.
/// `None` where nothing is bounded; zero where the time is up.
///
/// A task or thread that is spawned inside is on its own.
#[must_use]
pub fn remaining() -> Option<Duration> {
    current().map(Bound::remaining)
}

/// Whether nobody waits any more for what the running code does: the time is up that its callers had, see
/// [`remaining`]. For a long loop to ask now and then, so that it stops by itself; a sync timeout cannot stop
/// it. `false` where nothing is bounded.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{is_cancelled, timeout_sync};
///
/// let sum = || {
///     let mut sum = 0_u64;
///     while !is_cancelled() {
///         sum = sum.wrapping_add(1);
///     }
///     sum
/// };
/// // It ends when its caller goes: which of the two is first, nobody knows.
/// let _ = timeout_sync(Duration::from_millis(5), "sum", sum);
/// assert!(!is_cancelled());
/// ```
#[must_use]
pub fn is_cancelled() -> bool {
    remaining().is_some_and(|left| left.is_zero())
}
