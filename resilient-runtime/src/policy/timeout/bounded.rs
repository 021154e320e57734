//! Bounding a future. The timer is armed when the future has to wait for the first time: one that is
//! ready at its first poll costs no timer and no look at a clock. What is made here is kept small: every
//! guarded call carries one.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::clock::{self, Timer};
use crate::limit::{Carried, Limit, Limits};
use crate::mode;

/// Drops `future` when it has not finished within `limit`, counted from its first wait.
///
/// A result that is ready at the limit wins. A zero limit polls the future once. A future that does not
/// yield cannot be ended: run blocking code by [`timeout_sync`](crate::timeout_sync), or on tokio's
/// `spawn_blocking`. Where one holds its thread past its limit, the event `late` tells by how much; what it
/// does before its first wait is not measured, so that one that never waits costs no look at a clock.
///
/// # Errors
/// [`TimeoutError`](crate::TimeoutError): the limit has passed; the future was dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use resilient_runtime::timeout;
///
/// let answer = timeout(Duration::from_secs(2), "lookup", std::future::pending::<()>()).await;
/// assert_eq!(answer.unwrap_err().to_string(), "lookup timed out after 2s");
/// # }
/// ```
#[inline]
pub fn timeout<F: Future>(limit: Duration, operation: &'static str, future: F) -> Timeout<F> {
    Timeout::new(Limit::new(limit, operation), future)
}

/// [`timeout`], as attributes write it: a timeout is the caller's own error.
#[doc(hidden)]
#[inline]
pub const fn bound_attempt<R, L, F>(limit: L, attempt: F) -> Timeout<F, L>
where
    L: Limits<R, Output = R>,
    F: Future<Output = R>,
{
    Timeout::new(limit, attempt)
}

/// [`bound_attempt`] of a future that is made in its place.
#[doc(hidden)]
#[inline]
pub fn bound_made<R, L, F>(limit: L, attempt: impl FnOnce() -> F) -> Timeout<F, L>
where
    L: Limits<R, Output = R>,
    F: Future<Output = R>,
{
    Timeout { future: attempt(), timer: None, limit }
}

pin_project_lite::pin_project! {
    /// A future with a limit; made by [`timeout`](super::timeout).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Timeout<F, L = Limit> {
        #[pin]
        future: F,
        #[pin]
        pub(super) timer: Option<Timer>,
        limit: L,
    }
}

impl<F, L> Timeout<F, L> {
    #[inline]
    pub(super) const fn new(limit: L, future: F) -> Self {
        Self { future, timer: None, limit }
    }
}

impl<F: Future, L: Limits<F::Output>> Future for Timeout<F, L> {
    type Output = L::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // The timer is asked first, while tokio's budget for this poll is fresh: a future that eats the
        // whole budget at every poll would otherwise keep it from ever firing.
        let elapsed = this.timer.is_some() && clock::has_elapsed(this.timer.as_mut().as_pin_mut(), context);
        if let Poll::Ready(output) = this.future.poll(context) {
            if let Some(timer) = &*this.timer {
                ended(timer, this.limit.carried().limit);
            }
            return Poll::Ready(L::in_time(output));
        }
        if this.timer.is_some() && !elapsed {
            return Poll::Pending;
        }
        start_or_end(this.timer, this.limit.carried(), context)
    }
}

// What need not be made anew for each future, and is not the way of one that is ready at once, is done in
// functions of its own: every guarded function would have it otherwise.

/// The future is ready, and had to wait.
#[inline(never)]
fn ended(timer: &Timer, limit: Limit) {
    limit.tell_late(clock::due(timer));
}

/// Time counts from here, where no timer waits; where one does, it is up. So it is where the limit is zero.
#[cold]
fn start_or_end<R>(
    timer: Pin<&mut Option<Timer>>,
    carried: Carried<R>,
    context: &mut Context<'_>,
) -> Poll<R> {
    if is_over(timer, carried.limit, context) { Poll::Ready(carried.passed()) } else { Poll::Pending }
}

fn is_over(mut timer: Pin<&mut Option<Timer>>, limit: Limit, context: &mut Context<'_>) -> bool {
    if let Some(timer) = &*timer {
        ended(timer, limit);
        return true;
    }
    let time = if mode::is_active() { limit.duration() } else { Duration::MAX };
    timer.set(clock::timer(clock::now().after(time)));
    clock::has_elapsed(timer.as_pin_mut(), context)
}
