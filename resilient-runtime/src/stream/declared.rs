//! The types of streams that functions declare, made of a stream with layers. It is boxed once, whatever
//! number of layers one policy put around it.

use std::pin::Pin;

use futures_core::Stream;

/// A stream on its way into the type that the function declares.
pub trait IntoPinned {
    /// The stream itself.
    type Stream;

    /// In a box.
    fn into_pinned(self) -> Pin<Box<Self::Stream>>;
}

/// Types of streams that another stream can be handed on as.
#[diagnostic::on_unimplemented(
    message = "a policy that goes with the stream cannot be put into `{Self}`",
    label = "neither a boxed stream nor `impl Stream`",
    note = "return a `BoxStream<'static, Result<Item, E>>` (`Pin<Box<dyn Stream<Item = Result<Item, E>> + Send>>`) or an `impl Stream<Item = Result<Item, E>>`"
)]
pub trait FromStream<W> {
    /// The stream by that type.
    fn from_stream(stream: Pin<Box<W>>) -> Self;
}

impl<'s, I, W: Stream<Item = I> + 's> FromStream<W> for Pin<Box<dyn Stream<Item = I> + 's>> {
    fn from_stream(stream: Pin<Box<W>>) -> Self {
        stream
    }
}

impl<'s, I, W: Stream<Item = I> + Send + 's> FromStream<W> for Pin<Box<dyn Stream<Item = I> + Send + 's>> {
    fn from_stream(stream: Pin<Box<W>>) -> Self {
        stream
    }
}

impl<'s, I, W> FromStream<W> for Pin<Box<dyn Stream<Item = I> + Send + Sync + 's>>
where
    W: Stream<Item = I> + Send + Sync + 's,
{
    fn from_stream(stream: Pin<Box<W>>) -> Self {
        stream
    }
}

/// A stream that is pinned already stays where it is.
impl<S> IntoPinned for Pin<Box<S>> {
    type Stream = S;

    fn into_pinned(self) -> Self {
        self
    }
}
