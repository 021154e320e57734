//! What a bounded future gives: the limit it holds says what becomes of a timeout. Whether the time is up
//! is decided elsewhere.

use super::Limit;
use crate::error::{CarriesTimeout, TimeoutError};
use crate::private::{Refusable, timed_out};

/// A limit, and what is given where it was kept or passed. It is held by the future that it bounds, not
/// put around it: each layer that a future has counts against the compiler's recursion limit.
pub trait Limits<T> {
    /// What is given.
    type Output;

    /// The limit.
    fn limit(&self) -> &Limit;

    /// What came in time or did not, as it is given.
    fn output(&self, bounded: Result<T, TimeoutError>) -> Self::Output;
}

impl<T> Limits<T> for Limit {
    type Output = Result<T, TimeoutError>;

    #[inline]
    fn limit(&self) -> &Limit {
        self
    }

    #[inline]
    fn output(&self, bounded: Result<T, TimeoutError>) -> Self::Output {
        bounded
    }
}

/// A limit that attributes have a `static` place for, and whose timeout is the caller's own error.
#[derive(Debug)]
pub struct Carried<'l, R> {
    limit: &'l Limit,
    // What a timeout becomes: so the compiler asks only once whether it can become that.
    carry: fn(TimeoutError) -> R,
}

impl<'l, R> Carried<'l, R> {
    #[inline]
    pub(crate) fn new(limit: &'l Limit) -> Self
    where
        R: Refusable,
        R::Error: CarriesTimeout,
    {
        Self { limit, carry: timed_out }
    }
}

impl<R> Limits<R> for Carried<'_, R> {
    type Output = R;

    #[inline]
    fn limit(&self) -> &Limit {
        self.limit
    }

    #[inline]
    fn output(&self, bounded: Result<R, TimeoutError>) -> R {
        bounded.unwrap_or_else(self.carry)
    }
}
