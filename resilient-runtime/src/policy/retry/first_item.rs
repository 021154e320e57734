//! What the first item of a stream says of the attempt that made it: an error is the attempt's, and with
//! anything else the stream goes to the caller as if nobody had looked. Whether there is another attempt is
//! decided elsewhere.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::stream::{FallibleStream, Fuse, Opened};

/// Waits for the first item of `stream`, which stays in front: so that a call that opens a stream fails where
/// the stream fails before it has given anything.
///
/// A stream that ends without an item is empty, which is no failure. Dropping the future drops the stream.
///
/// # Errors
/// That of the first item; the stream is dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::cell::Cell;
/// use std::io;
/// use futures_util::{Stream, StreamExt, stream};
/// use resilient_runtime::{Retry, first_item};
///
/// let calls = Cell::new(0);
/// let open = async || -> io::Result<_> {
///     calls.set(calls.get() + 1);
///     let first = if calls.get() < 3 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok("one") };
///     first_item(stream::iter([first, Ok("two")])).await
/// };
/// let items = Retry::new().call_async(open).await.unwrap();
/// let items: Vec<_> = items.map(Result::unwrap).collect().await;
/// assert_eq!((calls.get(), items), (3, vec!["one", "two"]));
/// # }
/// ```
pub async fn first_item<S, T, E>(stream: S) -> Result<impl Stream<Item = Result<T, E>> + Unpin, E>
where
    S: Stream<Item = Result<T, E>>,
{
    Front::of(stream).await
}

/// What attributes write.
#[doc(hidden)]
impl<D, A, S: FallibleStream, E> Opened<D, A, S, E> {
    /// See [`first_item`]; the error of an item becomes the function's own by `from_item`.
    pub async fn first_item(self, from_item: fn(S::Failure) -> E) -> Opened<D, A, Pin<Box<Front<S>>>, E> {
        Self::with(match self.into_parts() {
            Ok((stream, around)) => match Front::of(stream).await {
                Ok(stream) => Ok((stream, around)),
                Err(error) => Err(from_item(error)),
            },
            Err(error) => Err(error),
        })
    }
}

pin_project_lite::pin_project! {
    /// A stream and the item that was taken from it to be looked at.
    #[must_use = "streams do nothing unless polled"]
    pub struct Front<S: Stream> {
        #[pin]
        stream: Fuse<S>,
        first: Option<S::Item>,
    }
}

impl<S: FallibleStream> Front<S> {
    /// In a box from the beginning: what has been polled cannot be moved.
    async fn of(stream: S) -> Result<Pin<Box<Self>>, S::Failure> {
        let mut front = Box::pin(Self { stream: Fuse::new(stream), first: None });
        match poll_fn(|context| front.as_mut().project().stream.poll_next(context)).await {
            Some(Err(error)) => return Err(error),
            first => *front.as_mut().project().first = first,
        }
        Ok(front)
    }
}

impl<S: Stream> Stream for Front<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        match this.first.take() {
            Some(first) => Poll::Ready(Some(first)),
            None => this.stream.poll_next(context),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let first = usize::from(self.first.is_some());
        let (least, most) = self.stream.size_hint();
        (least.saturating_add(first), most.and_then(|most| most.checked_add(first)))
    }
}
