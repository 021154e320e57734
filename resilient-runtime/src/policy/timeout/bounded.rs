//! The future behind an async timeout. It is kept small: every guarded call carries one.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::timed_out;
use crate::clock::{self, Timer};
use crate::error::{Operation, TimeoutError};

pin_project_lite::pin_project! {
    /// A future with a limit; made by [`timeout`](super::timeout).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Timeout<F, O = &'static str> {
        #[pin]
        future: F,
        #[pin]
        pub(super) timer: Option<Timer>,
        // Half the size of a `Duration`, and still more than 500 years.
        limit_nanos: u64,
        operation: O,
    }
}

impl<F, O> Timeout<F, O> {
    #[inline]
    pub(crate) fn new(limit: Duration, operation: O, future: F) -> Self {
        let limit_nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        Self { future, timer: None, limit_nanos, operation }
    }
}

impl<F: Future, O: Operation> Future for Timeout<F, O> {
    type Output = Result<F::Output, TimeoutError>;

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
            return Poll::Ready(Ok(output));
        }
        let limit = Duration::from_nanos(*this.limit_nanos);
        if elapsed || (this.timer.is_none() && start(this.timer, limit, context)) {
            return Poll::Ready(Err(timed_out(TimeoutError { operation: this.operation.name(), limit })));
        }
        Poll::Pending
    }
}

/// Time counts from here; says whether it is up already, because the limit is zero.
#[cold]
fn start(timer: Pin<&mut Option<Timer>>, limit: Duration, context: &mut Context<'_>) -> bool {
    limit.is_zero() || clock::arm(timer, clock::now().after(limit), context)
}
