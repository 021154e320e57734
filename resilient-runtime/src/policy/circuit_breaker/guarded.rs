//! A breaker around a whole future or function, as attributes write it: admission, the run and its
//! settling in one call. Who is admitted and what a result means is decided elsewhere.

use std::future::Future;
use std::mem;
use std::pin::Pin;
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
        Guarded::new(self, &self.longest_call, future, judge)
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
        Guarded::new(self, &self.longest_call, future, judge)
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
        Ok(mut permit) => {
            let outcome = body();
            permit.count(&outcome, judge);
            outcome
        }
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
        // Before the permit, and so dropped before that is given back. Gone once it has finished.
        #[pin]
        future: Option<F>,
        gate: Gate<'c, R>,
        // Gone once it has judged, or once the call was refused.
        judge: Option<J>,
        // Stays where it is: to move a permit costs more than all the rest of a success.
        permit: Option<Permit<'c>>,
    }
}

/// Where admission is asked for.
#[derive(Debug)]
struct Gate<'c, R> {
    circuit: &'c Circuit,
    /// How long the call may take by its own settings.
    longest_call: &'c Duration,
    /// What a refusal becomes: so the compiler asks only once whether it can become that.
    refuse: fn(CircuitOpenError) -> R,
}

impl<'c, F, R, J> Guarded<'c, F, R, J>
where
    R: Refusable<Error: CarriesCircuitOpen>,
{
    #[inline]
    fn new(circuit: &'c Circuit, longest_call: &'c Duration, future: F, judge: J) -> Self {
        let gate = Gate { circuit, longest_call, refuse: private::circuit_open };
        Self { future: Some(future), gate, judge: Some(judge), permit: None }
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
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        if this.permit.is_none() {
            match this.gate.circuit.enter_for(*this.gate.longest_call) {
                Ok(permit) => *this.permit = Some(permit),
                Err(refused) => {
                    this.future.set(None);
                    return Poll::Ready((this.gate.refuse)(refused));
                }
            }
        }
        let watch = Watch(this.permit);
        watch.is_running(true);
        let polled = future.poll(context);
        watch.is_running(polled.is_ready());
        mem::forget(watch);
        if let Poll::Ready(outcome) = &polled {
            this.future.set(None);
            if let (Some(permit), Some(judge)) = (this.permit, this.judge.take()) {
                permit.count(outcome, judge);
            }
        }
        polled
    }
}

/// Gives the permit of a future that panics back at once, whoever catches the panic and whenever the rest
/// is dropped.
struct Watch<'p, 'c>(&'p mut Option<Permit<'c>>);

impl Watch<'_, '_> {
    /// Whether the call is running, rather than suspended at an await.
    #[inline]
    fn is_running(&self, running: bool) {
        if let Some(permit) = &*self.0 {
            permit.is_running(running);
        }
    }
}

impl Drop for Watch<'_, '_> {
    #[cold]
    fn drop(&mut self) {
        *self.0 = None;
    }
}
