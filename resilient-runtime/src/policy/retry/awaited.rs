//! What is awaited of a call that is retried: an attempt, from the second on after its wait and so that what
//! runs inside can see that it is repeated; or the wait alone. Neither decides anything.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::RetryRun;
use super::run::Again;
use crate::clock;

impl RetryRun {
    /// `future` as the attempt that is due: it is not polled before. Gives the run back, too.
    #[inline]
    pub const fn attempt<F: Future>(self, future: F) -> Attempt<F> {
        Attempt { run: self, future }
    }

    /// [`attempt`](Self::attempt), where the run stays: what stands between the two wants the outcome alone.
    pub const fn attempt_by_ref<F: Future>(&mut self, future: F) -> AttemptByRef<'_, F> {
        AttemptByRef { run: self, future }
    }

    /// [`pause`](Self::pause) without blocking, for what has to be done between the wait and the attempt.
    pub const fn pause_async(&mut self) -> Pause<'_> {
        Pause { run: self }
    }

    /// The attempt begins, or goes on.
    #[inline]
    fn begin(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(again) = self.0.take() else { return Poll::Ready(()) };
        let (again, waited) = again.entered(context);
        self.0 = Some(again);
        waited
    }
}

impl Again {
    /// Waits until the attempt is due. Dropped before, it leaves with the run what was taken from a budget.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(delay) = self.delay() else { return Poll::Ready(()) };
        if self.timer.is_none() {
            self.timer = clock::sleep(delay).map(Box::pin);
        }
        if let Some(timer) = &mut self.timer {
            ready!(timer.as_mut().poll(context));
            self.timer = None;
        }
        self.waited();
        Poll::Ready(())
    }

    /// Waits, and then what this thread runs can see that it is repeated.
    #[cold]
    #[inline(never)]
    fn entered(mut self: Box<Self>, context: &mut Context<'_>) -> (Box<Self>, Poll<()>) {
        let waited = self.wait(context);
        if waited.is_ready() {
            self.enter();
        }
        (self, waited)
    }
}

pin_project_lite::pin_project! {
    /// An attempt that is awaited; made by [`RetryRun::attempt`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Attempt<F> {
        run: RetryRun,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Attempt<F> {
    type Output = (F::Output, RetryRun);

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        ready!(this.run.begin(context));
        let polled = this.future.poll(context);
        // Where the future panics, this is done when the run is dropped.
        this.run.end();
        match polled {
            Poll::Ready(output) => Poll::Ready((output, this.run.take())),
            Poll::Pending => Poll::Pending,
        }
    }
}

pin_project_lite::pin_project! {
    /// An attempt that is awaited; made by [`RetryRun::attempt_by_ref`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct AttemptByRef<'r, F> {
        run: &'r mut RetryRun,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for AttemptByRef<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        ready!(this.run.begin(context));
        let polled = this.future.poll(context);
        this.run.end();
        polled
    }
}

/// A wait between two attempts; made by [`RetryRun::pause_async`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Pause<'r> {
    run: &'r mut RetryRun,
}

impl Future for Pause<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.run.0.as_mut().map_or(Poll::Ready(()), |again| again.wait(context))
    }
}
