//! How a bounded future holds its limit, and hands its timeout to the caller. Whether the time is up is
//! decided elsewhere.

use std::borrow::Borrow;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Limit;
use crate::error::{CarriesTimeout, TimeoutError};
use crate::private::{Refusable, timed_out};

/// A limit or the place of one: attributes have a `static` place for theirs.
pub trait Limits: Borrow<Limit> {}

impl Limits for Limit {}
impl Limits for &Limit {}

pin_project_lite::pin_project! {
    /// A bounded future whose timeout is the caller's own error.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Carried<F, R> {
        #[pin]
        future: F,
        // What a timeout becomes: so the compiler asks only once whether it can become that.
        carry: fn(TimeoutError) -> R,
    }
}

impl<F, R> Carried<F, R> {
    #[inline]
    pub(crate) fn new(future: F) -> Self
    where
        R: Refusable,
        R::Error: CarriesTimeout,
    {
        Self { future, carry: timed_out }
    }
}

impl<F: Future<Output = Result<R, TimeoutError>>, R> Future for Carried<F, R> {
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let this = self.project();
        this.future.poll(context).map(|bounded| bounded.unwrap_or_else(*this.carry))
    }
}
