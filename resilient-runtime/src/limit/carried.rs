//! A limit as attributes keep it: with what becomes of a timeout. Whether the time is up is decided
//! elsewhere.

use super::Limit;
use crate::error::{CarriesTimeout, TimeoutError};
use crate::private::{Refusable, timed_out};

/// A limit whose timeout is the caller's own error.
#[derive(Debug)]
pub struct Carried<R> {
    pub(crate) limit: Limit,
    /// What a timeout becomes: so the compiler asks only once whether it can become that.
    pub(crate) carry: fn(TimeoutError) -> R,
}

// By hand: a derive would want `R` to be `Copy`, too.
impl<R> Copy for Carried<R> {}

impl<R> Clone for Carried<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Carried<R> {
    /// The limit, for functions that return an `R`.
    #[must_use]
    pub const fn new<E>(limit: Limit) -> Self
    where
        R: Refusable<Error = E>,
        E: CarriesTimeout,
    {
        Self { limit, carry: timed_out }
    }
}

/// A limit, and what is given where it was kept or passed. It is held by the future that it bounds, not put
/// around it: each layer that a future has counts against the compiler's recursion limit.
#[cfg(feature = "tokio")]
pub trait Limits<T> {
    /// What is given.
    type Output;

    /// The limit.
    fn limit(&self) -> Limit;

    /// What came in time or did not, as it is given.
    fn output(&self, bounded: Result<T, TimeoutError>) -> Self::Output;
}

#[cfg(feature = "tokio")]
impl<T> Limits<T> for Limit {
    type Output = Result<T, TimeoutError>;

    #[inline]
    fn limit(&self) -> Limit {
        *self
    }

    #[inline]
    fn output(&self, bounded: Result<T, TimeoutError>) -> Self::Output {
        bounded
    }
}

/// As attributes hold the limit of one call.
#[cfg(feature = "tokio")]
impl<R> Limits<R> for &Carried<R> {
    type Output = R;

    #[inline]
    fn limit(&self) -> Limit {
        self.limit
    }

    #[inline]
    fn output(&self, bounded: Result<R, TimeoutError>) -> R {
        bounded.unwrap_or_else(self.carry)
    }
}

/// As attributes hold a limit that is the same for all calls: made while compiling, it takes no room.
#[cfg(feature = "tokio")]
impl<R, L: Fn() -> Carried<R>> Limits<R> for L {
    type Output = R;

    #[inline]
    fn limit(&self) -> Limit {
        self().limit
    }

    #[inline]
    fn output(&self, bounded: Result<R, TimeoutError>) -> R {
        bounded.unwrap_or_else(self().carry)
    }
}
