//! The permit of one admitted call: whatever becomes of the call, its place is given back exactly
//! once. Whether the result counts is the machine's decision.

use std::any::type_name;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::door::{Began, Entrance, Shown};
use super::{Circuit, FailureKind, Verdict};
use crate::error::CircuitOpenError;
use crate::private::Outcome;

/// Admission to a circuit, to be settled by the call's result.
///
/// Dropped unsettled, it counts neither way (the call was cancelled), unless the call itself is
/// panicking: that is a failure.
#[derive(Debug)]
#[must_use = "a permit that is dropped tells the circuit nothing"]
pub struct Permit<'c, E: Entrance<'c> = &'c Circuit> {
    pub(super) entrance: E,
    for_as_long: PhantomData<&'c ()>,
    /// What the circuit shows while one more quick success of this call changes nothing; of a probe, nothing
    /// that a circuit ever shows. Of a call that is yet to be admitted, what the circuit showed.
    pub(super) shown: Shown,
    /// When it began, where it matters how long it takes.
    pub(super) began: Began,
    pub(super) call: Call,
}

/// What there is to give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// Nothing: the circuit is being asked, or it refused, or the call was settled, or goes on elsewhere.
    None,
    Running,
    /// At an await: a future that is dropped while somebody else's panic unwinds did not fail.
    Suspended,
}

// Whatever is not the way of a quick success is the circuit's to do, in functions that are handed what the
// permit has, not where it is: so on that way it never has to be in memory.
impl<'c, E: Entrance<'c>> Permit<'c, E> {
    /// A permit that is yet to be asked for, which is done next.
    #[inline]
    pub(crate) fn new(entrance: E, shown: Shown) -> Self {
        Self { entrance, for_as_long: PhantomData, shown, began: Began(None), call: Call::Running }
    }

    /// Asks the circuit for a call that takes up to `longest` by its own settings. `None`: it is admitted.
    #[doc(hidden)]
    #[inline]
    pub fn refused(&mut self, longest: Duration) -> Option<CircuitOpenError> {
        if self.shown.is_quick() {
            return None;
        }
        self.call = Call::None;
        match self.entrance.ask(self.shown, longest) {
            Ok((shown, began)) => {
                (self.shown, self.began, self.call) = (shown, began, Call::Running);
                None
            }
            Err(refused) => Some(refused),
        }
    }

    #[cfg(test)]
    pub(super) fn began(&self) -> Option<crate::clock::Moment> {
        self.began.0
    }

    /// The call succeeded. On a healthy circuit that is one load.
    #[inline]
    pub fn success(mut self) {
        self.succeed();
    }

    /// The call failed.
    pub fn failure(mut self) {
        self.end(Verdict::Failure, FailureKind::Reported);
    }

    /// What the call came to says nothing of the service: it counts neither way.
    pub fn neutral(mut self) {
        self.end(Verdict::Neutral, FailureKind::Reported);
    }

    /// Counts `outcome` and hands it on. `judge` says what an error means, as a [`Verdict`] or by
    /// whether it is a failure: an error that is none proves that the service answered.
    #[inline]
    pub fn settle<R: Outcome, V: Into<Verdict>>(
        mut self,
        outcome: R,
        judge: impl FnOnce(&R::Error) -> V,
    ) -> R {
        self.count(&outcome, judge);
        outcome
    }

    /// [`settle`](Self::settle) in place.
    #[doc(hidden)]
    #[inline]
    pub fn count<R: Outcome, V: Into<Verdict>>(&mut self, outcome: &R, judge: impl FnOnce(&R::Error) -> V) {
        match outcome.seen() {
            Ok(_) => self.succeed(),
            Err(error) => {
                let verdict = judge(error).into();
                self.end(verdict, FailureKind::Error(type_name::<R::Error>()));
            }
        }
    }

    /// Watches `future` run, so that a panic in it is told from a cancellation.
    #[inline]
    pub const fn during<F: Future>(&mut self, future: F) -> During<'_, F> {
        During { call: &mut self.call, future }
    }

    #[inline]
    fn succeed(&mut self) {
        if self.entrance.shown() == self.shown {
            self.call = Call::None;
        } else {
            self.end(Verdict::Success, FailureKind::Reported);
        }
    }

    /// A `kind` counts where the verdict is that it failed.
    #[inline]
    fn end(&mut self, verdict: Verdict, kind: FailureKind) {
        self.call = Call::None;
        self.entrance.settle(self.shown, self.began, verdict, kind);
    }
}

impl<'c, E: Entrance<'c>> Drop for Permit<'c, E> {
    #[inline]
    fn drop(&mut self) {
        if self.call != Call::None {
            self.entrance.give_back(self.shown, self.began, self.call == Call::Running);
        }
    }
}

pin_project_lite::pin_project! {
    /// A future under a permit; made by [`Permit::during`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct During<'p, F> {
        call: &'p mut Call,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for During<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        **this.call = Call::Running;
        let polled = this.future.poll(context);
        if polled.is_pending() {
            **this.call = Call::Suspended;
        }
        polled
    }
}
