//! A stream that is gone when it has ended: it is not polled again, and what it holds is free at once. When
//! it ends early is the policies' decision.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

pin_project_lite::pin_project! {
    /// A stream until its end.
    #[derive(Debug)]
    pub(crate) struct Fuse<S> {
        #[pin]
        stream: Option<S>,
    }
}

impl<S> Fuse<S> {
    pub(crate) const fn new(stream: S) -> Self {
        Self { stream: Some(stream) }
    }

    /// Ends it here.
    #[cfg(feature = "tokio")]
    pub(crate) fn end(self: Pin<&mut Self>) {
        self.project().stream.set(None);
    }

    #[cfg(feature = "tokio")]
    pub(crate) const fn has_ended(&self) -> bool {
        self.stream.is_none()
    }
}

impl<S: Stream> Stream for Fuse<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        let Some(stream) = this.stream.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let item = ready!(stream.poll_next(context));
        if item.is_none() {
            this.stream.set(None);
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}
