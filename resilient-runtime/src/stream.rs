//! Streams that guarded functions return: how a policy puts a layer of its own around one and hands it on as
//! the type that the function declares. What a layer does with the items is the policies' business.

use std::marker::PhantomData;

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

/// What a function gives whose stream is looked after: the stream itself, or something around it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no stream of `Result`s",
    label = "expected a stream whose items can fail",
    note = "`until_first_item`, `until_end` and `idle` go with the stream that the function returns: `Result<BoxStream<'static, Result<Item, E>>, E>`, or `Result<impl Stream<Item = Result<Item, E>>, E>`"
)]
pub trait Streaming<How> {
    /// The stream.
    type Stream: FallibleStream;
    /// What is around it.
    type Around: Around;

    /// Takes the stream out.
    fn part(self) -> (Self::Stream, Self::Around);
}

/// What is around a stream.
pub trait Around {
    /// The same around a `W`.
    type Of<W>;

    /// Puts a stream into it.
    fn put<W>(self, stream: W) -> Self::Of<W>;
}

/// The stream itself, and nothing around it.
#[derive(Debug)]
pub struct Itself;

impl Around for Itself {
    type Of<W> = W;

    fn put<W>(self, stream: W) -> W {
        stream
    }
}

/// Nothing ever is this. Were there but one way to be a [`Streaming`], the compiler would take it without a
/// look, and then say of each policy what it has said of the function's type.
#[derive(Debug)]
pub struct Nothing;

/// Implemented by no stream.
pub trait IsNothing {}

macro_rules! by_itself {
    ($($how:ident: $($bound:ident)?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: FallibleStream $(+ $bound)?> Streaming<$how> for S {
            type Stream = S;
            type Around = Itself;

            fn part(self) -> (S, Itself) {
                (self, Itself)
            }
        }
    )*};
}
by_itself! {
    Itself: ;
    Nothing: IsNothing;
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

/// What a function came to that declares a stream `D`, with `W` in its place.
#[must_use = "the stream is in it"]
pub struct Opened<D, A, W, E> {
    out: Result<(W, A), E>,
    declared: PhantomData<fn() -> D>,
}

impl<D, A, W, E> Opened<D, A, W, E> {
    /// The stream, and what is around it.
    pub(crate) fn into_parts(self) -> Result<(W, A), E> {
        self.out
    }

    /// With a layer around the stream.
    pub(crate) const fn with<L>(out: Result<(L, A), E>) -> Opened<D, A, L, E> {
        Opened { out, declared: PhantomData }
    }
}

/// What generated code says. What a policy puts around the stream is said in its room.
#[doc(hidden)]
impl<D, A: Around, W, E> Opened<D, A, W, E> {
    /// The stream with its layers, for a function that returns an `impl Stream`.
    ///
    /// # Errors
    /// The function's own.
    pub fn bare(self) -> Result<A::Of<W>, E> {
        self.out.map(|(stream, around)| around.put(stream))
    }

    /// The stream with its layers as the type that the function declares.
    ///
    /// # Errors
    /// The function's own.
    pub fn handed_on(self) -> Result<A::Of<D>, E>
    where
        W: IntoPinned,
        D: FromStream<W::Stream>,
    {
        self.out.map(|(stream, around)| around.put(D::from_stream(stream.into_pinned())))
    }
}

/// Takes the stream out of what a function came to.
#[doc(hidden)]
pub fn opened<V: Streaming<How>, How, E>(out: Result<V, E>) -> Opened<V::Stream, V::Around, V::Stream, E> {
    Opened { out: out.map(V::part), declared: PhantomData }
}
