//! The wait between two attempts, sync and async. How long it is, and whether there is one, is decided
//! elsewhere.

#[cfg(feature = "tokio")]
use std::future::Future;
#[cfg(feature = "tokio")]
use std::pin::Pin;
#[cfg(feature = "tokio")]
use std::task::{Context, Poll};
use std::time::Duration;

use super::budget::Token;
use crate::clock;

/// How long to wait before the next attempt, and what that attempt has taken from a budget.
#[derive(Debug)]
pub struct Wait {
    // Half the size of a `Duration`, and still more than 500 years: it stands in every retried function's frame.
    nanos: u64,
    token: Option<Token>,
}

impl Wait {
    pub(super) fn new(delay: Duration, token: Option<Token>) -> Self {
        Self { nanos: u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX), token }
    }

    const fn delay(&self) -> Duration {
        Duration::from_nanos(self.nanos)
    }
}

/// Drops the `outcome` of a failed attempt, then blocks this thread for as long as `wait` says.
#[inline]
pub fn pause_sync<T>(wait: Wait, outcome: T) {
    drop(outcome);
    clock::sleep_sync(wait.delay());
    if let Some(token) = wait.token {
        token.spend();
    }
}

/// Drops the `outcome` of a failed attempt, then waits without blocking. The future knows nothing of the
/// outcome, nor of its type: it is `Send` also where the outcome is not.
#[cfg(feature = "tokio")]
#[inline]
pub fn pause_async<T>(wait: Wait, outcome: T) -> Pause {
    pause_within_budget(wait, outcome).pause
}

/// [`pause_async`], where a budget may have been charged for the attempt: dropped before its end, the future
/// gives back what was taken.
#[cfg(feature = "tokio")]
#[inline]
pub fn pause_within_budget<T>(wait: Wait, outcome: T) -> WithinBudget {
    drop(outcome);
    WithinBudget { pause: Pause { timer: clock::sleep(wait.delay()) }, token: wait.token }
}

#[cfg(feature = "tokio")]
pin_project_lite::pin_project! {
    /// A wait between two attempts; made by [`pause_async`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Pause {
        #[pin]
        timer: Option<clock::Timer>,
    }
}

#[cfg(feature = "tokio")]
impl Future for Pause {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.project().timer.as_pin_mut() {
            Some(timer) => timer.poll(context),
            None => Poll::Ready(()),
        }
    }
}

#[cfg(feature = "tokio")]
pin_project_lite::pin_project! {
    /// A wait between two attempts; made by [`pause_within_budget`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct WithinBudget {
        #[pin]
        pause: Pause,
        token: Option<Token>,
    }
}

#[cfg(feature = "tokio")]
impl Future for WithinBudget {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if this.pause.poll(context).is_pending() {
            return Poll::Pending;
        }
        if let Some(token) = this.token.take() {
            token.spend();
        }
        Poll::Ready(())
    }
}
