//! Bounding a closure that blocks: it runs on a worker, and its caller stops waiting at the limit. A
//! body that was given up cannot be stopped from outside; how many such there may be is bounded next door.

use std::any::{Any, TypeId};
use std::panic::resume_unwind;
use std::time::Duration;

use super::abandoned::{self, abandoned_workers};
use super::order::{Ended, Job, Order};
use super::{spare, untold, worker};
use crate::bound;
use crate::error::TimeoutError;
use crate::event;
use crate::mode;

/// The body on its way to a worker, and its value on the way back.
struct Call<F, T> {
    body: Option<F>,
    value: Option<T>,
}

impl<F: FnOnce() -> T + Send + 'static, T: Send + 'static> Job for Call<F, T> {
    fn run(&mut self) {
        self.value = self.body.take().map(|body| body());
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
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
    if mode::is_active() { elsewhere(limit, operation, body) } else { Ok(body()) }
}

fn elsewhere<F, T>(limit: Duration, operation: &'static str, body: F) -> Result<T, TimeoutError>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    // What is kept for this type is of this type, and what comes back is what was sent.
    let of = TypeId::of::<Call<F, T>>();
    let mut order = spare::take(of).unwrap_or_else(|| Order::new(Call::<F, T> { body: None, value: None }));
    if let Some(call) = order.job.as_any().downcast_mut::<Call<F, T>>() {
        call.body = Some(body);
    }
    let mut order = bounded(limit, operation, order)?;
    let call = order.job.as_any().downcast_mut::<Call<F, T>>();
    let value = call.and_then(|call| call.value.take()).ok_or(TimeoutError { operation, limit })?;
    spare::keep(of, order);
    Ok(value)
}

/// Gives `order` back when its job has run: all of it that is not to be made anew for each function.
fn bounded(
    limit: Duration,
    operation: &'static str,
    mut order: Box<Order>,
) -> Result<Box<Order>, TimeoutError> {
    let own = TimeoutError { operation, limit };
    let (limit, error, is_awaited) = match bound::current() {
        Some(outer) if outer.remaining() < limit => (outer.remaining(), outer.error, outer.is_awaited),
        _ => (limit, own, false),
    };
    if limit.is_zero() && error != own {
        return Err(untold::passed(error, is_awaited));
    }
    if let Some(stuck) = abandoned::too_many(operation) {
        event::no_worker(operation, stuck);
        return Err(own);
    }
    let patience = order.surroundings.look_round(limit, error);
    let Ok(done) = worker::run(order, patience, operation) else {
        event::no_worker(operation, abandoned_workers());
        return Err(own);
    };
    let ended = done.and_then(|mut order| order.ended.take().map(|ended| (order, ended)));
    let Some((order, Ended { is_late: false, is_untold, with })) = ended else {
        return Err(untold::passed(error, is_awaited));
    };
    if is_untold {
        untold::passed(error, is_awaited);
    }
    if let Err(panic) = with {
        // Where a subscriber panics there may be a value: its `Drop` is not to meet the panic.
        drop(order);
        resume_unwind(panic);
    }
    Ok(order)
}
