//! Retrying a closure: the loop that an attribute would have written, for those who hold a `Retry` as
//! a value. What follows an attempt is decided by its plan.

use std::fmt::Display;

use super::{AnyValue, Classified, Retry, RetryRun, Shortfall, Until, When};
use crate::classify::{Judged, RetryClassification, Retryable};
use crate::clock::Moment;
use crate::event::Text;

/// What says whether an `E` is tried again. Implemented by what [`Retry`] holds.
pub trait Selects<E: ?Sized> {
    /// Whether `error` is worth another attempt.
    fn judge(&self, error: &E) -> Judged;
}

impl<E: Retryable + ?Sized> Selects<E> for Classified {
    fn judge(&self, error: &E) -> Judged {
        Judged::of(error)
    }
}

impl<E: ?Sized, F: Fn(&E) -> bool> Selects<E> for When<F> {
    fn judge(&self, error: &E) -> Judged {
        Judged::from(RetryClassification::TRANSIENT).overruled((self.0)(error))
    }
}

/// What says whether a `T` is taken. Implemented by what [`Retry`] holds.
pub trait Accepts<T: ?Sized> {
    /// Whether `value` is what the caller waits for.
    fn accepts(&self, value: &T) -> bool;
}

impl<T: ?Sized> Accepts<T> for AnyValue {
    fn accepts(&self, _: &T) -> bool {
        true
    }
}

impl<T: ?Sized, F: Fn(&T) -> bool> Accepts<T> for Until<F> {
    fn accepts(&self, value: &T) -> bool {
        (self.0)(value)
    }
}

impl<W, U> Retry<W, U> {
    /// Calls `function` until it succeeds, fails with an error that is not worth another attempt, or
    /// the attempts are used up. Sleeps on this thread between attempts, never after the last.
    ///
    /// # Errors
    /// The last error, as `function` returned it.
    pub fn call<T, E>(&self, mut function: impl FnMut() -> Result<T, E>) -> Result<T, E>
    where
        W: Selects<E>,
        U: Accepts<T>,
        E: Display,
    {
        let mut run = self.plan.start();
        loop {
            let outcome = function();
            run = self.after(run, &outcome);
            if !run.goes_on() {
                return outcome;
            }
            drop(outcome);
            run = run.pause();
        }
    }

    /// [`call`](Self::call) for an async closure; waits without blocking.
    ///
    /// # Errors
    /// The last error, as `function` returned it.
    #[cfg(feature = "tokio")]
    pub async fn call_async<T, E>(&self, mut function: impl AsyncFnMut() -> Result<T, E>) -> Result<T, E>
    where
        W: Selects<E>,
        U: Accepts<T>,
        E: Display,
    {
        let mut run = self.plan.start();
        loop {
            {
                let (outcome, tried) = run.attempt(function()).await;
                run = self.after(tried, &outcome);
                if !run.goes_on() {
                    return outcome;
                }
            }
            run.pause_async().await;
        }
    }

    /// Asks the predicates; the plan says what follows.
    #[inline]
    fn after<T, E>(&self, run: RetryRun, outcome: &Result<T, E>) -> RetryRun
    where
        W: Selects<E>,
        U: Accepts<T>,
        E: Display,
    {
        match outcome {
            Ok(value) if self.accepts.accepts(value) => {
                self.plan.succeeded(&run);
                RetryRun(None)
            }
            Ok(_) => self.plan.unsatisfied(run, Moment::MAX),
            Err(error) => {
                let judged = Shortfall::Error(self.selects.judge(error));
                self.plan.settle(run, Moment::MAX, judged, Text::Display(error))
            }
        }
    }
}
