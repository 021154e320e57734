//! The body of a guarded async function, where it is pinned. What is done around it is the policies'.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that stays in its caller; made by [`pin!`](crate::__resilient_pin). It is what `Pin<&mut F>` is,
/// but polled without a function between: that of std is not compiled into its caller.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Pinned<'f, F>(#[doc(hidden)] pub Pin<&'f mut F>);

impl<F: Future> Future for Pinned<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.0.as_mut().poll(context)
    }
}

/// Pins a future where it is.
#[doc(hidden)]
#[macro_export]
macro_rules! __resilient_pin {
    ($future:ident) => {
        $crate::__private::Pinned(::core::pin::pin!($future))
    };
}
