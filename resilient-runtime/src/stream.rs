//! Streams that guarded functions return: how a policy puts a layer of its own around one and hands it on as
//! the type that the function declares. What a layer does with the items is the policies' business.

use std::pin::Pin;

use futures_core::Stream;

mod declared;
mod fuse;
pub use declared::{FromStream, IntoPinned};
pub(crate) use fuse::Fuse;

/// A stream whose items can fail. Never implemented by hand.
pub trait FallibleStream: Stream<Item = Result<Self::Value, Self::Failure>> {
    /// What a good item holds.
    type Value;
    /// The error of a bad one.
    type Failure;
}

impl<S, T, E> FallibleStream for S
where
    S: Stream<Item = Result<T, E>>,
{
    type Value = T;
    type Failure = E;
}

/// What a function gives whose stream is looked after: the stream, or something around it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no stream of `Result`s",
    label = "expected a stream whose items can fail",
    note = "`until_first_item`, `until_end` and `idle` go with the stream that the function returns: `Result<BoxStream<'static, Result<Item, E>>, E>`, or `Result<impl Stream<Item = Result<Item, E>>, E>`"
)]
pub trait Streaming: Sized {
    /// The stream.
    type Stream: FallibleStream;
    /// What is around it.
    type Rest;
    /// The same around another stream.
    type With<W>;

    /// Takes the stream out.
    fn part(self) -> (Self::Stream, Self::Rest);

    /// Puts it back.
    fn whole(stream: Self::Stream, rest: Self::Rest) -> Self;

    /// Puts another one in its place.
    fn with<W>(stream: W, rest: Self::Rest) -> Self::With<W>;
}

#[diagnostic::do_not_recommend]
impl<S: FallibleStream> Streaming for S {
    type Stream = S;
    type Rest = ();
    type With<W> = W;

    fn part(self) -> (S, ()) {
        (self, ())
    }

    fn whole(stream: S, (): ()) -> S {
        stream
    }

    fn with<W>(stream: W, (): ()) -> W {
        stream
    }
}

/// Error types that can be made of the error of a stream's item. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}`, the error of this function, cannot be made of `{X}`, the error of its stream's items",
    label = "the first item's error becomes the function's",
    note = "implement `From<{X}>` for `{Self}`, or let the items have the function's error type"
)]
pub trait FromItem<X> {
    #[doc(hidden)]
    fn from_item(error: X) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<X>, X> FromItem<X> for E {
    fn from_item(error: X) -> Self {
        Self::from(error)
    }
}

/// What a function came to that gives a `V`, with the stream `W` in the place of its own.
#[must_use = "the stream is in it"]
pub struct Opened<V: Streaming, W, E> {
    pub(crate) out: Result<(W, V::Rest), E>,
}

/// What generated code says. What a policy puts around the stream is said in its room.
#[doc(hidden)]
impl<V: Streaming, W, E> Opened<V, W, E> {
    /// Puts a layer around the stream.
    pub(crate) fn layered<L>(self, layer: impl FnOnce(W) -> L) -> Opened<V, L, E> {
        Opened { out: self.out.map(|(stream, rest)| (layer(stream), rest)) }
    }

    /// The stream with its layers, for a function that returns an `impl Stream`.
    ///
    /// # Errors
    /// The function's own.
    pub fn bare(self) -> Result<V::With<W>, E> {
        self.out.map(|(stream, rest)| V::with(stream, rest))
    }

    /// The stream with its layers as the type that the function declares.
    ///
    /// # Errors
    /// The function's own.
    pub fn handed_on(self) -> Result<V, E>
    where
        W: IntoPinned,
        V::Stream: FromStream<W::Stream>,
    {
        self.out.map(|(stream, rest)| V::whole(V::Stream::from_stream(stream.into_pinned()), rest))
    }
}

/// Takes the stream out of what a function came to.
#[doc(hidden)]
pub fn opened<V: Streaming, E>(out: Result<V, E>) -> Opened<V, V::Stream, E> {
    Opened { out: out.map(V::part) }
}

/// A stream that is pinned already stays where it is.
impl<S> IntoPinned for Pin<Box<S>> {
    type Stream = S;

    fn into_pinned(self) -> Self {
        self
    }
}
