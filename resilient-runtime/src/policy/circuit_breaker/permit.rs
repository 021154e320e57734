//! The permit of one admitted call: whatever becomes of the call, its place is given back exactly
//! once. Whether the result counts is the machine's decision.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{Circuit, Pass};
use crate::private::Outcome;
use crate::sync::{AtomicBool, Ordering};

/// Admission to a circuit, to be settled by the call's result.
///
/// Dropped unsettled, it counts neither way (the call was cancelled), unless the call itself is
/// panicking: that is a failure.
#[derive(Debug)]
#[must_use = "a permit that is dropped tells the circuit nothing"]
pub struct Permit<'c> {
    circuit: &'c Circuit,
    pass: Pass,
    settled: bool,
    /// Whether the call is running, rather than suspended at an await: a suspended future that is
    /// dropped while somebody else's panic unwinds did not fail.
    running: AtomicBool,
}

impl<'c> Permit<'c> {
    #[inline]
    pub(super) const fn new(circuit: &'c Circuit, pass: Pass) -> Self {
        Self { circuit, pass, settled: false, running: AtomicBool::new(true) }
    }

    /// The call succeeded.
    #[inline]
    pub fn success(mut self) {
        self.settled = true;
        self.circuit.succeed(self.pass);
    }

    /// The call failed.
    pub fn failure(mut self) {
        self.settled = true;
        let pass = self.pass;
        self.circuit.report(|machine, now| machine.fail(pass, now));
    }

    /// Counts `outcome` and hands it on. An error that is no failure proves that the service answered.
    #[inline]
    pub fn settle<R: Outcome>(self, outcome: R, is_failure: impl FnOnce(&R::Error) -> bool) -> R {
        match outcome.seen() {
            Err(error) if is_failure(error) => self.failure(),
            _ => self.success(),
        }
        outcome
    }

    /// Watches `future` run, so that a panic in it is told from a cancellation.
    #[inline]
    pub fn during<F: Future>(&self, future: F) -> During<'_, F> {
        During { running: &self.running, future }
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
    let pass = permit.pass;
    let panicked = permit.running.load(Ordering::Relaxed) && std::thread::panicking();
    permit.circuit.report(|machine, now| {
        if panicked {
            return machine.fail(pass, now);
        }
        machine.release(pass, now);
        None
    });
}

pin_project_lite::pin_project! {
    /// A future under a permit; made by [`Permit::during`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct During<'p, F> {
        running: &'p AtomicBool,
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
