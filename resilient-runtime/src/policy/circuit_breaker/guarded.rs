//! A breaker around a whole future or function, as attributes write it: admission, the run and its
//! settling in one call. Who is admitted and what a result means is decided elsewhere.

use std::future::Future;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::{CircuitBreaker, Permit, Verdict};
use crate::error::CarriesCircuitOpen;
use crate::private::{self, Outcome, Refusable};

impl CircuitBreaker {
    /// `future` behind this breaker: its first poll asks for admission. Every error is a failure.
    #[doc(hidden)]
    #[inline]
    pub fn guard<F>(&self, future: F) -> Guarded<'_, F, impl FnOnce(&<F::Output as Outcome>::Error) -> bool>
    where
        F: Future<Output: Outcome>,
    {
        self.guard_judged(future, |_| true)
    }

    /// [`guard`](Self::guard), with the judge of errors.
    // The judge comes last, as in `Permit::settle`: the compiler must have seen what the future gives to
    // know which error a closure takes.
    #[doc(hidden)]
    #[inline]
    pub fn guard_judged<F, J, V>(&self, future: F, judge: J) -> Guarded<'_, F, J>
    where
        F: Future<Output: Outcome>,
        J: FnOnce(&<F::Output as Outcome>::Error) -> V,
        V: Into<Verdict>,
    {
        Guarded { future: Some(future), stage: Stage::Fresh(self, judge) }
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
    pub struct Guarded<'b, F, J> {
        // Before the stage, and so dropped before it gives its permit back. Gone once it has finished.
        #[pin]
        future: Option<F>,
        stage: Stage<'b, J>,
    }
}

#[derive(Debug)]
enum Stage<'b, J> {
    Fresh(&'b CircuitBreaker, J),
    Admitted(Permit<'b>, J),
    Done,
}

impl<F, J, V, R, E> Future for Guarded<'_, F, J>
where
    F: Future<Output = R>,
    R: Outcome<Error = E> + Refusable<Error = E>,
    E: CarriesCircuitOpen,
    J: FnOnce(&E) -> V,
    V: Into<Verdict>,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let mut this = self.project();
        // While the future runs its permit is on the stack: where it panics, the permit goes with it,
        // whoever catches the panic and whenever the rest is dropped.
        let (permit, judge) = match mem::replace(this.stage, Stage::Done) {
            Stage::Admitted(permit, judge) => (permit, judge),
            Stage::Fresh(breaker, judge) => match breaker.admit() {
                Ok(permit) => (permit, judge),
                Err(refused) => return Poll::Ready(private::circuit_open(refused)),
            },
            Stage::Done => return Poll::Pending,
        };
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        match pin!(permit.during(future)).poll(context) {
            Poll::Ready(outcome) => {
                this.future.set(None);
                Poll::Ready(permit.settle(outcome, judge))
            }
            Poll::Pending => {
                *this.stage = Stage::Admitted(permit, judge);
                Poll::Pending
            }
        }
    }
}
