//! A breaker around a whole future or function, as attributes write it: admission, the run and its
//! settling in one call. Who is admitted and what a result means is decided elsewhere.

use std::future::Future;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::{CircuitBreaker, Permit, Verdict};
use crate::error::{CarriesCircuitOpen, CircuitOpenError};
use crate::private::{self, Outcome, Refusable};

impl CircuitBreaker {
    /// `future` behind this breaker: its first poll asks for admission. Every error is a failure.
    #[doc(hidden)]
    #[inline]
    pub fn guard<F, R, E>(&self, future: F) -> Guarded<'_, F, R, fn(&E) -> bool>
    where
        F: Future<Output = R>,
        R: Outcome<Error = E> + Refusable<Error = E>,
        E: CarriesCircuitOpen,
    {
        self.guard_judged(future, |_| true)
    }

    /// [`guard`](Self::guard), with the judge of errors.
    // The judge comes last, as in `Permit::settle`: the compiler must have seen what the future gives to
    // know which error a closure takes.
    #[doc(hidden)]
    #[inline]
    pub fn guard_judged<F, R, E, J, V>(&self, future: F, judge: J) -> Guarded<'_, F, R, J>
    where
        F: Future<Output = R>,
        R: Outcome<Error = E> + Refusable<Error = E>,
        E: CarriesCircuitOpen,
        J: FnOnce(&E) -> V,
        V: Into<Verdict>,
    {
        Guarded { future: Some(future), stage: Stage::Fresh(self, private::circuit_open, judge) }
    }

    /// Runs `body` behind this breaker. Every error is a failure.
    #[doc(hidden)]
    #[inline]
    pub fn guard_sync<R, E>(&self, body: impl FnOnce() -> R) -> R
    where
        R: Outcome<Error = E> + Refusable<Error = E>,
        E: CarriesCircuitOpen,
    {
        self.guard_sync_judged(body, |_| true)
    }

    /// [`guard_sync`](Self::guard_sync), with the judge of errors.
    #[doc(hidden)]
    #[inline]
    pub fn guard_sync_judged<R, E, V>(&self, body: impl FnOnce() -> R, judge: impl FnOnce(&E) -> V) -> R
    where
        R: Outcome<Error = E> + Refusable<Error = E>,
        E: CarriesCircuitOpen,
        V: Into<Verdict>,
    {
        match self.admit() {
            Ok(permit) => permit.settle(body(), judge),
            Err(refused) => private::circuit_open(refused),
        }
    }
}

pin_project_lite::pin_project! {
    /// A future behind a breaker; made by [`CircuitBreaker::guard`].
    ///
    /// Dropped half-way, it counts neither way; a panic in it is a failure.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Guarded<'b, F, R, J> {
        // Before the stage, and so dropped before it gives its permit back. Gone once it has finished.
        #[pin]
        future: Option<F>,
        stage: Stage<'b, R, J>,
    }
}

#[derive(Debug)]
enum Stage<'b, R, J> {
    /// With what a refusal becomes: so the compiler asks only once whether it can become that.
    Fresh(&'b CircuitBreaker, fn(CircuitOpenError) -> R, J),
    Admitted(Permit<'b>, J),
    Done,
}

impl<F, J, V, R> Future for Guarded<'_, F, R, J>
where
    F: Future<Output = R>,
    R: Outcome,
    J: FnOnce(&R::Error) -> V,
    V: Into<Verdict>,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let mut this = self.project();
        // While the future runs its permit is on the stack: where it panics, the permit goes with it,
        // whoever catches the panic and whenever the rest is dropped.
        let (mut permit, judge) = match mem::replace(this.stage, Stage::Done) {
            Stage::Admitted(permit, judge) => (permit, judge),
            Stage::Fresh(breaker, refuse, judge) => match breaker.admit() {
                Ok(permit) => (permit, judge),
                Err(refused) => return Poll::Ready(refuse(refused)),
            },
            Stage::Done => return Poll::Pending,
        };
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        match pin!(permit.during(future)).poll(context) {
            Poll::Ready(outcome) => {
                this.future.set(None);
                permit.count(&outcome, judge);
                Poll::Ready(outcome)
            }
            Poll::Pending => {
                *this.stage = Stage::Admitted(permit, judge);
                Poll::Pending
            }
        }
    }
}
