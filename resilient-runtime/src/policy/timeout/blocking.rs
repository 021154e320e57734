//! Bounding a closure that blocks: it runs on a worker, and its caller stops waiting at the limit. A
//! body that was given up cannot be stopped from outside; how many such there may be is bounded next door.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::abandoned::{self, abandoned_workers};
use super::{told, worker};
use crate::bound::{self, Bound};
use crate::clock::{self, Patience, Virtual};
use crate::dice::Seeded;
use crate::error::TimeoutError;
use crate::event;
use crate::mode;
use crate::nested;
use crate::sync::{Condvar, Mutex, PoisonError, lock};

type Caught<T> = Result<T, Box<dyn Any + Send>>;

enum Running<T> {
    Yes,
    /// `late`: past the limit by a virtual clock, which interrupts nobody.
    Finished {
        late: bool,
        with: Caught<T>,
    },
    Abandoned,
}

/// What a caller and the worker that runs its body share.
struct Shared<T> {
    operation: &'static str,
    running: Mutex<Running<T>>,
    finished: Condvar,
}

/// Runs `body` on a worker thread and waits for it, at most for `limit`.
///
/// Workers are reused. A result that is ready at the limit wins; a panic of `body` reaches the caller
/// with its payload. A body that is given up goes on until it ends by itself (see [`remaining`](crate::remaining())), and
/// its result is dropped; at most [`MAX_ABANDONED_WORKERS`](crate::MAX_ABANDONED_WORKERS) such of one operation are
/// allowed. The caller's `tracing` span and subscriber are `body`'s too, and so is the name of its thread.
///
/// # Errors
/// [`TimeoutError`]: the limit has passed, or too many earlier bodies are stuck. Where a deadline ends
/// earlier than the limit, the error is the deadline's.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::timeout_sync;
///
/// let answer = timeout_sync(Duration::from_secs(5), "sum", || (1..=4).sum::<u32>());
/// assert_eq!(answer, Ok(10));
/// ```
pub fn timeout_sync<T: Send + 'static>(
    limit: Duration,
    operation: &'static str,
    body: impl FnOnce() -> T + Send + 'static,
) -> Result<T, TimeoutError> {
    if !mode::is_active() {
        return Ok(body());
    }
    let own = TimeoutError { operation, limit };
    let (limit, error) = match bound::current() {
        Some(outer) if outer.remaining() < limit => (outer.remaining(), outer.error),
        _ => (limit, own),
    };
    if limit.is_zero() && error != own {
        return Err(told(error));
    }
    if let Some(stuck) = abandoned::too_many(operation) {
        event::no_worker(operation, stuck);
        return Err(own);
    }
    let shared = Arc::new(Shared { operation, running: Mutex::new(Running::Yes), finished: Condvar::new() });
    if worker::run(job(Arc::clone(&shared), limit, error, body)).is_err() {
        event::no_worker(operation, abandoned_workers());
        return Err(own);
    }
    match shared.wait(limit) {
        Some(Ok(value)) => Ok(value),
        Some(Err(panic)) => resume_unwind(panic),
        None => Err(told(error)),
    }
}

/// The body as a worker runs it: under the caller's clock, dice, subscriber, span and deadline, and repeated
/// by the same retry.
fn job<T: Send + 'static>(
    shared: Arc<Shared<T>>,
    limit: Duration,
    error: TimeoutError,
    body: impl FnOnce() -> T + Send + 'static,
) -> worker::Job {
    let clock = Virtual::current();
    let subscriber = tracing::dispatcher::get_default(Clone::clone);
    let span = tracing::Span::current();
    let outer = nested::current();
    let dice = Seeded::current();
    Box::new(move || {
        let is_virtual = clock.is_some();
        drop((Virtual::install(clock), Seeded::install(dice)));
        let at = clock::now().after(limit);
        let bounded = bound::enter(Bound { at, error });
        let repeated = nested::enter(outer);
        // Subscriber and span run code of their own, and are let go before the caller goes on.
        let with = catch_unwind(AssertUnwindSafe(move || {
            tracing::dispatcher::with_default(&subscriber, || span.in_scope(body))
        }));
        let late = is_virtual && clock::now() > at;
        drop(repeated);
        drop(bounded);
        drop((Virtual::install(None), Seeded::install(None)));
        shared.finish(late, with);
    })
}

impl<T> Shared<T> {
    fn finish(&self, late: bool, with: Caught<T>) {
        let mut running = lock(&self.running);
        if matches!(*running, Running::Abandoned) {
            abandoned::came_back(self.operation);
            drop(running);
            // A value's own `Drop` may panic too, and nobody is there to hear of it.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(with)));
            return;
        }
        *running = Running::Finished { late, with };
        drop(running);
        self.finished.notify_one();
    }

    /// What the body came to, or `None`: it was too late or was given up.
    fn wait(&self, limit: Duration) -> Option<Caught<T>> {
        let patience = Patience::start(limit);
        let mut running = lock(&self.running);
        while matches!(*running, Running::Yes) {
            running = match patience.left() {
                Some(Duration::ZERO) => break,
                Some(left) => {
                    let waited = self.finished.wait_timeout(running, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.finished.wait(running).unwrap_or_else(PoisonError::into_inner),
            };
        }
        match std::mem::replace(&mut *running, Running::Abandoned) {
            Running::Finished { late, with } => Some(with).filter(|_| !late),
            Running::Yes | Running::Abandoned => {
                abandoned::give_up(self.operation);
                None
            }
        }
    }
}
