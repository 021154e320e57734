//! The future behind an async deadline. It differs from a timeout's in that its start counts, and that
//! what runs inside knows of it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::bound::{self, Bound};
use crate::clock::{self, Timer};
use crate::error::{Operation, TimeoutError};
use crate::event;

pin_project_lite::pin_project! {
    /// A future with a deadline; made by [`deadline`](super::deadline).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Deadline<F, O = &'static str> {
        #[pin]
        future: F,
        // From the first wait on; it knows when the time is up.
        #[pin]
        timer: Option<Timer>,
        // Half the size of a `Duration`, and still more than 500 years.
        limit_nanos: u64,
        operation: O,
    }
}

impl<F, O> Deadline<F, O> {
    #[inline]
    pub(crate) fn new(limit: Duration, operation: O, future: F) -> Self {
        let limit_nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        Self { future, timer: None, limit_nanos, operation }
    }
}

impl<F: Future, O: Operation> Future for Deadline<F, O> {
    type Output = Result<F::Output, TimeoutError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let limit = Duration::from_nanos(*this.limit_nanos);
        let error = TimeoutError { operation: this.operation.name(), limit };
        let at = match this.timer.as_ref().as_pin_ref() {
            Some(timer) => clock::due(&timer),
            None => clock::now().after(limit),
        };
        // Asked first, while tokio's budget for this poll is fresh.
        let elapsed = match this.timer.as_mut().as_pin_mut() {
            Some(timer) => timer.poll(context).is_ready(),
            None => limit.is_zero(),
        };
        let bounded = bound::enter(Bound { at, error });
        let polled = this.future.poll(context);
        drop(bounded);
        if let Poll::Ready(output) = polled {
            return Poll::Ready(Ok(output));
        }
        if elapsed || (this.timer.is_none() && clock::arm(this.timer, at, context)) {
            event::timeout(&error);
            return Poll::Ready(Err(error));
        }
        Poll::Pending
    }
}
