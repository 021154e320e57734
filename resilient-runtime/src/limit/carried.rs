//! A limit as attributes keep it: with what becomes of a timeout. Whether the time is up is decided
//! elsewhere.

use super::Limit;
use crate::error::{CarriesTimeout, TimeoutError};
#[cfg(feature = "tokio")]
use crate::event;
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
    /// What the passing of this limit becomes, told as an event.
    #[cfg(feature = "tokio")]
    #[cold]
    pub(crate) fn passed(self) -> R {
        let error = self.limit.error();
        event::timeout(&error);
        (self.carry)(error)
    }

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

    /// What came in time.
    fn in_time(output: T) -> Self::Output;

    /// The limit, and what its passing becomes.
    fn carried(&self) -> Carried<Self::Output>;
}

#[cfg(feature = "tokio")]
impl<T> Limits<T> for Limit {
    type Output = Result<T, TimeoutError>;

    #[inline]
    fn in_time(output: T) -> Self::Output {
        Ok(output)
    }

    fn carried(&self) -> Carried<Self::Output> {
        Carried { limit: *self, carry: Err }
    }
}

/// As attributes hold the limit of one call.
#[cfg(feature = "tokio")]
impl<R> Limits<R> for &Carried<R> {
    type Output = R;

    #[inline]
    fn in_time(output: R) -> R {
        output
    }

    fn carried(&self) -> Carried<R> {
        **self
    }
}

/// As attributes hold a limit that is the same for all calls: made while compiling, it takes no room.
#[cfg(feature = "tokio")]
impl<R, L: Fn() -> Carried<R>> Limits<R> for L {
    type Output = R;

    #[inline]
    fn in_time(output: R) -> R {
        output
    }

    #[inline]
    fn carried(&self) -> Carried<R> {
        self()
    }
}
