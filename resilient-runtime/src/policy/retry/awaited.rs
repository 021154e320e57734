//! What is awaited of a call that is retried: an attempt, from the second on after its wait and so that what
//! runs inside can see that it is repeated; or the wait alone. Neither decides anything.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::RetryRun;
use super::run::Again;
use crate::clock;

impl RetryRun {
    /// `future` as the attempt that is due: it is not polled before.
    #[inline]
    pub fn attempt<F: Future>(&mut self, future: F) -> Attempt<'_, F> {
        Attempt { run: self, future }
    }

    /// [`pause`](Self::pause) without blocking, for what has to be done between the wait and the attempt.
    pub fn pause_async(&mut self) -> Pause<'_> {
        Pause { run: self }
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
    fn enter_async(&mut self, context: &mut Context<'_>) -> Poll<()> {
        ready!(self.wait(context));
        self.enter();
        Poll::Ready(())
    }
}

pin_project_lite::pin_project! {
    /// An attempt that is awaited; made by [`RetryRun::attempt`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Attempt<'r, F> {
        run: &'r mut RetryRun,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Attempt<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Some(again) = &mut this.run.0 {
            ready!(again.enter_async(context));
        }
        let _entered = Entered(this.run);
        this.future.poll(context)
    }
}

/// While it lives, this thread runs an attempt.
struct Entered<'r>(&'r mut RetryRun);

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.ended();
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
