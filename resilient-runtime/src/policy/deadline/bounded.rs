//! The future behind an async deadline. It differs from a timeout's in that its start counts, and that
//! what runs inside knows of it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::end_of;
use crate::bound::{self, Bound, End};
use crate::clock::{self, Moment, Timer};
use crate::limit::{Limit, Limits};

/// Drops `future` when it has not finished within `limit`, counted from its first poll, and lets
/// everything inside see what [`remains`](crate::remaining()).
///
/// A result that is ready at the deadline wins. A zero limit polls the future once.
///
/// # Errors
/// [`TimeoutError`](crate::TimeoutError): the time is up; the future was dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use resilient_runtime::{deadline, remaining};
///
/// let limit = Duration::from_secs(10);
/// assert_eq!(deadline(limit, "report", async { remaining() }).await, Ok(Some(limit)));
/// assert!(deadline(limit, "report", std::future::pending::<()>()).await.is_err());
/// # }
/// ```
#[inline]
pub fn deadline<F: Future>(limit: Duration, operation: &'static str, future: F) -> Deadline<F> {
    Deadline { future, time: Time::Still, limit: Limit::new(limit, operation) }
}

/// A deadline that has begun, as attributes keep it for the length of a call. Copied, so that a call that
/// is not repeated holds it once.
#[derive(Clone, Copy, Debug)]
pub struct Countdown<L> {
    limit: L,
    ends: Moment,
}

/// Time counts from here; a timeout is the caller's own error.
#[must_use]
pub fn due<R, L: Limits<R, Output = R>>(limit: L) -> Countdown<L> {
    let ends = end_of(limit.carried().limit.duration());
    Countdown { limit, ends }
}

impl<L> Countdown<L> {
    /// When the time is up.
    #[must_use]
    pub const fn ends(&self) -> End {
        End(self.ends)
    }

    /// Bounds one attempt by what is left of the whole call.
    #[inline]
    pub const fn bounds<F>(self, attempt: F) -> Deadline<F, L>
    where
        F: Future,
        L: Copy + Limits<F::Output, Output = F::Output>,
    {
        Deadline { future: attempt, time: Time::Until { at: self.ends }, limit: self.limit }
    }
}

pin_project_lite::pin_project! {
    /// A future with a deadline; made by [`deadline`](super::deadline).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Deadline<F, L = Limit> {
        #[pin]
        future: F,
        #[pin]
        time: Time,
        limit: L,
    }
}

pin_project_lite::pin_project! {
    /// When the time is up, as far as that is known.
    #[derive(Debug)]
    #[project = Told]
    enum Time {
        /// It begins at the first poll.
        Still,
        /// Nothing had to wait yet.
        Until { at: Moment },
        /// The timer knows.
        Armed { #[pin] timer: Timer },
    }
}

impl<F: Future, L: Limits<F::Output>> Future for Deadline<F, L> {
    type Output = L::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let carried = this.limit.carried();
        let error = carried.limit.error();
        // The timer is asked first, while tokio's budget for this poll is fresh.
        let (at, is_armed, elapsed) = match this.time.as_mut().project() {
            Told::Still => (end_of(error.limit), false, false),
            Told::Until { at } => (*at, false, false),
            Told::Armed { timer } => (clock::due(&timer), true, timer.poll(context).is_ready()),
        };
        let bounded = bound::enter(Bound { at, error, is_awaited: false });
        let polled = this.future.poll(context);
        drop(bounded);
        if polled.is_pending() && !elapsed && (is_armed || !arm(this.time, at, context)) {
            return Poll::Pending;
        }
        // One that was ready at once is not asked: that would be one more look at the clock for all that are.
        if is_armed || polled.is_pending() {
            carried.limit.tell_late(at);
        }
        Poll::Ready(match polled {
            Poll::Ready(output) => L::in_time(output),
            Poll::Pending => carried.passed(),
        })
    }
}

/// From here on a timer waits; says whether the time is up already.
#[cold]
fn arm(mut time: Pin<&mut Time>, at: Moment, context: &mut Context<'_>) -> bool {
    let Some(timer) = clock::timer(at) else { return true };
    time.set(Time::Armed { timer });
    match time.project() {
        Told::Armed { timer } => timer.poll(context).is_ready(),
        Told::Still | Told::Until { .. } => false,
    }
}
