//! Retrying a closure: the loop that an attribute would have written, for those who hold a `Retry` as
//! a value. What follows an attempt is decided by `RetryRun`.

use std::fmt::Display;

use super::{AnyValue, Classified, Retry, Until, When};
use crate::classify::{RetryClassification, Retryable};
use crate::event::Text;

/// What says whether an `E` is tried again. Implemented by what [`Retry`] holds.
pub trait Selects<E: ?Sized> {
    /// Whether `error` is worth another attempt.
    fn classification(&self, error: &E) -> RetryClassification;
}

impl<E: Retryable + ?Sized> Selects<E> for Classified {
    fn classification(&self, error: &E) -> RetryClassification {
        error.retry_classification()
    }
}

impl<E: ?Sized, F: Fn(&E) -> bool> Selects<E> for When<F> {
    fn classification(&self, error: &E) -> RetryClassification {
        if (self.0)(error) { RetryClassification::TRANSIENT } else { RetryClassification::Permanent }
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
        let mut run = self.start();
        loop {
            let outcome = function();
            let accepts = |value: &T| self.accepts.accepts(value);
            let Some(wait) = run.after(outcome.as_ref(), accepts, |error| self.judge(error)) else {
                return outcome;
            };
            drop(outcome);
            crate::clock::sleep_sync(wait);
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
        let mut run = self.start();
        loop {
            let outcome = function().await;
            let accepts = |value: &T| self.accepts.accepts(value);
            let Some(wait) = run.after(outcome.as_ref(), accepts, |error| self.judge(error)) else {
                return outcome;
            };
            drop(outcome);
            crate::clock::sleep_async(wait).await;
        }
    }

    fn judge<'e, E: Display>(&self, error: &'e E) -> (RetryClassification, Text<'e>)
    where
        W: Selects<E>,
    {
        (self.selects.classification(error), Text::Display(error))
    }
}
