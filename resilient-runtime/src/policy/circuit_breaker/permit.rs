//! The permit of one admitted call: whatever becomes of the call, its place is given back exactly
//! once. Whether the result counts is the machine's decision.

use std::any::type_name;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::machine::Pass;
use super::{Circuit, FailureKind, Verdict};
use crate::clock::Moment;
use crate::error::CircuitOpenError;
use crate::private::Outcome;
use crate::sync::{Flag, Ordering};

/// Admission to a circuit, to be settled by the call's result.
///
/// Dropped unsettled, it counts neither way (the call was cancelled), unless the call itself is
/// panicking: that is a failure.
#[derive(Debug)]
#[must_use = "a permit that is dropped tells the circuit nothing"]
pub struct Permit<'c> {
    circuit: &'c Circuit,
    pass: Pass,
    /// When the call began, where it matters how long it takes.
    pub(super) began: Option<Moment>,
    /// There is nothing to give back: also before the circuit was asked, and where it refused.
    settled: bool,
    /// Whether the call is running, rather than suspended at an await: a suspended future that is
    /// dropped while somebody else's panic unwinds did not fail.
    running: Flag,
}

impl<'c> Permit<'c> {
    /// A permit that is yet to be asked for. It is filled in where it stays: to move one costs more than
    /// all the rest of a success.
    #[inline]
    pub(super) const fn new(circuit: &'c Circuit) -> Self {
        let pass = Pass { generation: 0, probe: None };
        Self { circuit, pass, began: None, settled: true, running: Flag::new(true) }
    }

    /// Asks the circuit for a call that takes up to `longest` by its own settings. `None`: it is admitted.
    #[doc(hidden)]
    #[inline]
    pub fn refused(&mut self, longest: Duration) -> Option<CircuitOpenError> {
        match self.circuit.admit(longest) {
            Ok((pass, began)) => {
                (self.pass, self.began, self.settled) = (pass, began, false);
                None
            }
            Err(refused) => Some(refused),
        }
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
    pub fn during<F: Future>(&self, future: F) -> During<'_, F> {
        During { running: &self.running, future }
    }

    #[inline]
    fn succeed(&mut self) {
        if self.began.is_none() && self.circuit.is_clean(self.pass.generation) {
            self.settled = true;
        } else {
            self.end(Verdict::Success, FailureKind::Reported);
        }
    }

    /// A `kind` counts where the verdict is that it failed.
    #[cold]
    fn end(&mut self, verdict: Verdict, kind: FailureKind) {
        self.settled = true;
        let kind = Some(kind).filter(|_| verdict == Verdict::Failure);
        self.circuit.settle(self.pass, self.began, verdict, kind);
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.settled {
            give_back(self);
        }
    }
}

#[cold]
fn give_back(permit: &Permit<'_>) {
    let panicked = permit.running.load(Ordering::Relaxed) && std::thread::panicking();
    let verdict = if panicked { Verdict::Failure } else { Verdict::Neutral };
    permit.circuit.settle(permit.pass, permit.began, verdict, panicked.then_some(FailureKind::Panic));
}

pin_project_lite::pin_project! {
    /// A future under a permit; made by [`Permit::during`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct During<'p, F> {
        running: &'p Flag,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for During<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.running.store(true, Ordering::Relaxed);
        let polled = this.future.poll(context);
        if polled.is_pending() {
            this.running.store(false, Ordering::Relaxed);
        }
        polled
    }
}
