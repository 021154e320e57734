//! Bounding one run of a future. The timer is armed when the future has to wait for the first time: a
//! future that is ready at its first poll costs no timer and no look at a clock. Closures are bounded
//! in `blocking`.

use std::time::Duration;

use crate::error::TimeoutError;
use crate::event;

mod blocking;
mod worker;

pub use blocking::{MAX_ABANDONED_WORKERS, abandoned_workers, remaining, timeout_sync};

/// The refusal, told as an event.
fn timed_out(operation: &'static str, limit: Duration) -> TimeoutError {
    let error = TimeoutError { operation, limit };
    event::timeout(&error);
    error
}

/// Drops `future` when it has not finished within `limit`, counted from its first wait.
///
/// A result that is ready at the limit wins. A zero limit polls the future once. A future that never
/// waits cannot be bounded: run blocking code by [`timeout_sync`].
///
/// # Errors
/// [`TimeoutError`]: the limit has passed; the future was dropped.
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
#[cfg(feature = "tokio")]
#[inline]
pub fn timeout<F: Future>(limit: Duration, operation: &'static str, future: F) -> Timeout<F> {
    Timeout { future, timer: None, limit, operation }
}

#[cfg(feature = "tokio")]
pub use bounded::Timeout;

#[cfg(feature = "tokio")]
use std::future::Future;

#[cfg(feature = "tokio")]
mod bounded {
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use super::timed_out;
    use crate::error::TimeoutError;

    pin_project_lite::pin_project! {
        /// A future with a limit; made by [`timeout`](super::timeout).
        #[derive(Debug)]
        #[must_use = "futures do nothing unless awaited"]
        pub struct Timeout<F> {
            #[pin]
            pub(super) future: F,
            #[pin]
            pub(super) timer: Option<tokio::time::Sleep>,
            pub(super) limit: Duration,
            pub(super) operation: &'static str,
        }
    }

    impl<F: Future> Future for Timeout<F> {
        type Output = Result<F::Output, TimeoutError>;

        #[inline]
        fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
            let mut this = self.project();
            // The timer is asked first, while tokio's budget for this poll is fresh: a future that
            // eats the whole budget at every poll would otherwise keep it from ever firing.
            let elapsed = match this.timer.as_mut().as_pin_mut() {
                Some(timer) => timer.poll(context).is_ready(),
                None => false,
            };
            if let Poll::Ready(output) = this.future.poll(context) {
                return Poll::Ready(Ok(output));
            }
            if elapsed || (this.timer.is_none() && arm(this.timer, *this.limit, context)) {
                return Poll::Ready(Err(timed_out(this.operation, *this.limit)));
            }
            Poll::Pending
        }
    }

    /// Starts the timer; says whether the limit has passed already (it is zero).
    #[cold]
    fn arm(
        mut timer: Pin<&mut Option<tokio::time::Sleep>>,
        limit: Duration,
        context: &mut Context<'_>,
    ) -> bool {
        if limit.is_zero() {
            return true;
        }
        timer.set(Some(tokio::time::sleep(limit)));
        match timer.as_mut().as_pin_mut() {
            Some(timer) => timer.poll(context).is_ready(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests;
