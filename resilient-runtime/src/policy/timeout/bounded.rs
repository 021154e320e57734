//! Bounding a future. The timer is armed when the future has to wait for the first time: one that is
//! ready at its first poll costs no timer and no look at a clock. What is made here is kept small: every
//! guarded call carries one.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::told;
use crate::clock::{self, Timer};
use crate::limit::{Limit, Limits};

/// Drops `future` when it has not finished within `limit`, counted from its first wait.
///
/// A result that is ready at the limit wins. A zero limit polls the future once. A future that never
/// waits cannot be bounded: run blocking code by
/// [`timeout_sync`](crate::timeout_sync).
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
        let elapsed = match this.timer.as_mut().as_pin_mut() {
            Some(timer) => timer.poll(context).is_ready(),
            None => false,
        };
        if let Poll::Ready(output) = this.future.poll(context) {
            return Poll::Ready(this.limit.output(Ok(output)));
        }
        let limit = this.limit.limit();
        if elapsed || (this.timer.is_none() && start(this.timer, limit.duration(), context)) {
            return Poll::Ready(this.limit.output(Err(told(limit.error()))));
        }
        Poll::Pending
    }
}

/// Time counts from here; says whether it is up already, because the limit is zero.
#[cold]
fn start(mut timer: Pin<&mut Option<Timer>>, limit: Duration, context: &mut Context<'_>) -> bool {
    timer.set(clock::timer(clock::now().after(limit)));
    timer.as_pin_mut().is_none_or(|timer| timer.poll(context).is_ready())
}
