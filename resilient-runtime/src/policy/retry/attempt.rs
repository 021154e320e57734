//! One attempt as it runs: from the second on, what runs inside can see that it is being repeated, and
//! by whom. Whether there is another attempt is decided one file up.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::RetryRun;
use crate::nested::{self, Entered};

impl RetryRun<'_> {
    /// `future` as the attempt that is due.
    #[inline]
    pub fn attempt<F: Future>(&self, future: F) -> Attempt<'_, F> {
        Attempt { run: self, future }
    }

    /// While what is given here lives, this thread runs the attempt that is due.
    #[inline]
    pub fn enter(&self) -> Option<Entered> {
        self.repeats().then(|| nested::enter(Some(self.plan.operation)))
    }

    /// The first attempt does not.
    #[inline]
    const fn repeats(&self) -> bool {
        self.attempt > 1
    }
}

pin_project_lite::pin_project! {
    /// An attempt that is awaited; made by [`RetryRun::attempt`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Attempt<'r, F> {
        run: &'r RetryRun<'r>,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Attempt<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _repeated = this.run.enter();
        this.future.poll(context)
    }
}
