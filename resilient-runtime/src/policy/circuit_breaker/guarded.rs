//! A breaker around a whole future or function, as attributes write it: admission, the run and its
//! settling in one call. Who is admitted and what a result means is decided elsewhere.

use std::future::Future;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use super::{Circuit, CircuitBreaker, KeyedCircuit, Permit, Verdict};
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
        Guarded::new(self, self.longest_call, future, judge)
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
        run(self, self.longest_call, body, judge)
    }
}

impl KeyedCircuit {
    /// [`CircuitBreaker::guard_judged`] behind this circuit.
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
        Guarded::new(self, self.longest_call, future, judge)
    }

    /// [`CircuitBreaker::guard_sync_judged`] behind this circuit.
    #[doc(hidden)]
    #[inline]
    pub fn guard_sync_judged<R, E, V>(&self, body: impl FnOnce() -> R, judge: impl FnOnce(&E) -> V) -> R
    where
        R: Outcome<Error = E> + Refusable<Error = E>,
        E: CarriesCircuitOpen,
        V: Into<Verdict>,
    {
        run(self, self.longest_call, body, judge)
    }
}

#[inline]
fn run<R, E, V>(
    circuit: &Circuit,
    longest_call: Duration,
    body: impl FnOnce() -> R,
    judge: impl FnOnce(&E) -> V,
) -> R
where
    R: Outcome<Error = E> + Refusable<Error = E>,
    E: CarriesCircuitOpen,
    V: Into<Verdict>,
{
    match circuit.enter_for(longest_call) {
        Ok(permit) => permit.settle(body(), judge),
        Err(refused) => private::circuit_open(refused),
    }
}

pin_project_lite::pin_project! {
    /// A future behind a breaker; made by [`CircuitBreaker::guard`].
    ///
    /// Dropped half-way, it counts neither way; a panic in it is a failure.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Guarded<'c, F, R, J> {
        // Before the stage, and so dropped before it gives its permit back. Gone once it has finished.
        #[pin]
        future: Option<F>,
        stage: Stage<'c, R, J>,
    }
}

#[derive(Debug)]
enum Stage<'c, R, J> {
    /// With how long the call may take by its own settings, and with what a refusal becomes: so the compiler
    /// asks only once whether it can become that.
    Fresh(&'c Circuit, Duration, fn(CircuitOpenError) -> R, J),
    Admitted(Permit<'c>, J),
    Done,
}

impl<'c, F, R, J> Guarded<'c, F, R, J>
where
    R: Refusable<Error: CarriesCircuitOpen>,
{
    #[inline]
    fn new(circuit: &'c Circuit, longest_call: Duration, future: F, judge: J) -> Self {
        let stage = Stage::Fresh(circuit, longest_call, private::circuit_open, judge);
        Self { future: Some(future), stage }
    }
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
            Stage::Fresh(circuit, longest, refuse, judge) => match circuit.enter_for(longest) {
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
