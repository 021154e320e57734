//! The future behind an async deadline. It differs from a timeout's in that its start counts, and that
//! what runs inside knows of it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::bound::{self, Bound};
use crate::clock::{self, Timer};
use crate::event;
use crate::limit::{Carried, Limit, Limits};

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
    Deadline::new(Limit::new(limit, operation), future)
}

/// What attributes write.
#[doc(hidden)]
impl<R> Carried<R> {
    /// Bounds the whole call; a timeout is the caller's own error.
    #[inline]
    pub const fn deadline<F: Future<Output = R>>(&self, call: F) -> Deadline<F, &Self> {
        Deadline::new(self, call)
    }
}

pin_project_lite::pin_project! {
    /// A future with a deadline; made by [`deadline`](super::deadline).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Deadline<F, L = Limit> {
        #[pin]
        future: F,
        // From the first wait on; it knows when the time is up.
        #[pin]
        timer: Option<Timer>,
        limit: L,
    }
}

impl<F, L> Deadline<F, L> {
    #[inline]
    pub(super) const fn new(limit: L, future: F) -> Self {
        Self { future, timer: None, limit }
    }
}

impl<F: Future, L: Limits<F::Output>> Future for Deadline<F, L> {
    type Output = L::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let error = this.limit.limit().error();
        let at = match this.timer.as_ref().as_pin_ref() {
            Some(timer) => clock::due(&timer),
            None => clock::now().after(error.limit),
        };
        // Asked first, while tokio's budget for this poll is fresh.
        let elapsed = match this.timer.as_mut().as_pin_mut() {
            Some(timer) => timer.poll(context).is_ready(),
            None => error.limit.is_zero(),
        };
        let bounded = bound::enter(Bound { at, error });
        let polled = this.future.poll(context);
        drop(bounded);
        if let Poll::Ready(output) = polled {
            return Poll::Ready(this.limit.output(Ok(output)));
        }
        if elapsed || (this.timer.is_none() && clock::arm(this.timer, at, context)) {
            event::timeout(&error);
            return Poll::Ready(this.limit.output(Err(error)));
        }
        Poll::Pending
    }
}
