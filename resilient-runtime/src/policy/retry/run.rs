//! One call of a retried function while it runs: what is remembered of it from its first failure on, its
//! pauses, and the name by which what runs inside knows who repeats it. Whether there is another attempt, and
//! when, is decided one file up; what is awaited is next door.

#[cfg(feature = "tokio")]
use std::pin::Pin;
use std::time::Duration;

use super::Progress;
use super::budget::Token;
use crate::clock;
use crate::nested;

/// One call of a retried function. Of a call that succeeds at once nothing is remembered: it costs a null
/// pointer. It is handed on by value, and not referred to on the way of a success, so that it need not be in
/// memory.
#[derive(Debug)]
#[must_use = "it says whether the call goes on"]
pub struct RetryRun(pub(super) Option<Box<Again>>);

/// A call that is tried again.
#[derive(Debug)]
pub(super) struct Again {
    pub(super) progress: Progress,
    /// By what name it is repeated.
    operation: &'static str,
    /// What is to be waited for before the attempt that is due.
    wait: Option<Wait>,
    #[cfg(feature = "tokio")]
    pub(super) timer: Option<Pin<Box<clock::Timer>>>,
    /// While this thread runs an attempt: who repeated it before.
    before: Option<&'static str>,
}

/// How long to wait before an attempt, and what that attempt has taken from a budget: back it goes if it is
/// not made.
#[derive(Debug)]
pub(super) struct Wait {
    pub(super) delay: Duration,
    pub(super) token: Option<Token>,
}

impl RetryRun {
    /// Another attempt is due after `wait`.
    pub(super) fn again(mut self, progress: Progress, operation: &'static str, wait: Wait) -> Self {
        match &mut self.0 {
            Some(again) => (again.progress, again.wait) = (progress, Some(wait)),
            None => {
                self.0 = Some(Box::new(Again {
                    progress,
                    operation,
                    wait: Some(wait),
                    #[cfg(feature = "tokio")]
                    timer: None,
                    before: None,
                }));
            }
        }
        self
    }

    /// Whether there is another attempt; asked after one that fell short.
    #[inline]
    #[must_use]
    pub const fn goes_on(&self) -> bool {
        self.0.is_some()
    }

    #[cfg(feature = "tokio")]
    #[inline]
    pub(super) const fn take(&mut self) -> Self {
        Self(self.0.take())
    }

    pub(super) fn progress(&self) -> Progress {
        self.0.as_ref().map_or(Progress::FIRST, |again| again.progress)
    }

    /// The attempt that is running, from 1.
    #[inline]
    pub(super) fn attempt_number(&self) -> u32 {
        self.0.as_ref().map_or(1, |again| again.progress.attempt)
    }

    /// The attempt has ended, or waits.
    #[inline]
    pub(super) fn end(&mut self) {
        if let Some(again) = self.0.take() {
            self.0 = Some(again.left());
        }
    }

    /// Blocks this thread until the attempt is due that was decided on. Until that has ended, what this thread
    /// runs can see that it is repeated.
    #[cold]
    pub fn pause(mut self) -> Self {
        if let Some(again) = &mut self.0 {
            if let Some(delay) = again.delay() {
                clock::sleep_sync(delay);
            }
            again.waited();
            again.enter();
        }
        self
    }
}

impl Again {
    /// What is left to wait for.
    pub(super) fn delay(&self) -> Option<Duration> {
        self.wait.as_ref().map(|wait| wait.delay)
    }

    /// The wait is over.
    pub(super) fn waited(&mut self) {
        if let Some(token) = self.wait.take().and_then(|wait| wait.token) {
            token.spend();
        }
    }

    /// What this thread runs from here on is repeated.
    pub(super) fn enter(&mut self) {
        self.before = Some(nested::replace(self.operation));
    }

    fn leave(&mut self) {
        if let Some(before) = self.before.take() {
            nested::restore(before);
        }
    }

    #[cold]
    #[inline(never)]
    #[expect(clippy::unnecessary_box_returns, reason = "it is the one that was handed in")]
    fn left(mut self: Box<Self>) -> Box<Self> {
        self.leave();
        self
    }

    #[cold]
    #[inline(never)]
    #[expect(
        clippy::boxed_local,
        reason = "it ends here, so that nothing of it is written where a call succeeds"
    )]
    fn over(mut self: Box<Self>) {
        self.leave();
    }
}

impl Drop for RetryRun {
    #[inline]
    fn drop(&mut self) {
        if let Some(again) = self.0.take() {
            again.over();
        }
    }
}
