//! A call that lasts until its stream ends: the permit goes with the stream, and what the stream comes to is
//! told to the circuit, once. What it counts for is the machine's decision.

use std::any::type_name;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::door::{Began, Door, Entrance, Shown};
use super::permit::Call;
use super::{Circuit, FailureKind, KeyedCircuit, Permit, Verdict};
use crate::error::CarriesCircuitOpen;
use crate::stream::{FallibleStream, Fuse, IntoPinned, Opened};

impl Circuit {
    /// [`call_async`](Self::call_async) of a function that returns a stream, as one call until the stream has
    /// ended. Its end is a success, its first `Err` a failure, and so is a panic in it; dropped before, it
    /// counts neither way. An `Err` of `function` itself is a failure, too.
    ///
    /// # Errors
    /// What `function` returns, or the refusal as `E`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures_util::{StreamExt, stream};
    /// use resilient_runtime::{CircuitBreaker, CircuitOpenError, CircuitState};
    ///
    /// static CHAT: CircuitBreaker = CircuitBreaker::new("chat of streams").failure_threshold(1);
    ///
    /// let broken = async || Ok::<_, CircuitOpenError>(stream::iter([Ok("one"), Err("broken off")]));
    /// let mut items = CHAT.call_stream(broken).await.unwrap();
    /// assert_eq!(items.next().await, Some(Ok("one")));
    /// assert_eq!(CHAT.state(), CircuitState::Closed);
    /// assert_eq!(items.next().await, Some(Err("broken off")));
    /// assert_eq!(CHAT.state(), CircuitState::Open);
    /// # }
    /// ```
    pub async fn call_stream<S, T, X, E>(
        &self,
        function: impl AsyncFnOnce() -> Result<S, E>,
    ) -> Result<UntilEnd<S, &Self, fn(&X) -> bool>, E>
    where
        S: Stream<Item = Result<T, X>>,
        E: CarriesCircuitOpen,
    {
        let mut permit = self.enter().map_err(E::from_circuit_open)?;
        match permit.during(function()).await {
            Ok(stream) => Ok(UntilEnd::new(stream, Stay::of(permit, self), |_| true)),
            Err(error) => permit.settle(Err(error), |_| true),
        }
    }
}

/// What attributes write.
#[doc(hidden)]
impl<D, A, S: FallibleStream, E> Opened<D, A, S, E> {
    /// Lets the permit go with the stream. `judge` is for an error of the function itself, `judge_item` for
    /// that of an item.
    pub fn until_end<'c, P, K, J, R, W>(
        self,
        keeper: K,
        permit: Permit<'c, P>,
        judge: impl FnOnce(&E) -> R,
        judge_item: J,
    ) -> Opened<D, A, UntilEnd<S, K, J>, E>
    where
        P: Entrance<'c>,
        K: Keeper,
        R: Into<Verdict>,
        J: Fn(&S::Failure) -> W,
        W: Into<Verdict>,
    {
        Self::with(match self.into_parts() {
            Ok((stream, around)) => Ok((UntilEnd::new(stream, Stay::of(permit, keeper), judge_item), around)),
            Err(error) => permit.settle(Err(error), judge),
        })
    }
}

/// What keeps a circuit for as long as a stream lasts.
#[doc(hidden)]
pub trait Keeper {
    /// What may be known without asking.
    fn shown(&self) -> Shown;

    /// See [`Entrance::circuit`].
    fn circuit(&self) -> Option<&Circuit>;
}

impl Keeper for &'static Door {
    #[inline]
    fn shown(&self) -> Shown {
        Entrance::shown(*self)
    }

    fn circuit(&self) -> Option<&Circuit> {
        Entrance::circuit(*self)
    }
}

impl Keeper for &Circuit {
    #[inline]
    fn shown(&self) -> Shown {
        Entrance::shown(*self)
    }

    fn circuit(&self) -> Option<&Circuit> {
        Some(self)
    }
}

impl Keeper for KeyedCircuit {
    #[inline]
    fn shown(&self) -> Shown {
        Entrance::shown(&**self)
    }

    fn circuit(&self) -> Option<&Circuit> {
        Some(self)
    }
}

#[doc(hidden)]
impl<'c, E: Entrance<'c>> Permit<'c, E> {
    /// Where it came in.
    pub const fn entrance(&self) -> E {
        self.entrance
    }
}

#[doc(hidden)]
impl KeyedCircuit {
    /// Itself, once more.
    #[must_use]
    pub fn keeper(&self) -> Self {
        self.clone()
    }
}

/// A permit that needs no borrow. Dropped unsettled it counts neither way.
#[derive(Debug)]
struct Stay<K: Keeper> {
    keeper: K,
    shown: Shown,
    began: Began,
    is_over: bool,
}

impl<K: Keeper> Stay<K> {
    fn of<'c, P: Entrance<'c>>(mut permit: Permit<'c, P>, keeper: K) -> Self {
        permit.call = Call::None;
        Self { keeper, shown: permit.shown, began: permit.began, is_over: false }
    }

    /// As [`Permit::success`]: on a healthy circuit that is one load.
    fn succeed(&mut self) {
        if self.keeper.shown() == self.shown {
            self.is_over = true;
        } else {
            self.end(Verdict::Success, FailureKind::Reported);
        }
    }

    #[cold]
    fn end(&mut self, verdict: Verdict, kind: FailureKind) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        if let Some(circuit) = self.keeper.circuit() {
            circuit.settle(self.shown.0, self.began.0, verdict, kind);
        }
    }
}

impl<K: Keeper> Drop for Stay<K> {
    fn drop(&mut self) {
        if let (false, Some(circuit)) = (self.is_over, self.keeper.circuit()) {
            circuit.give_back(self.shown.0, self.began.0, false);
        }
    }
}

/// While the stream is polled: dropped by a panic alone, which is a failure.
struct Polled<'s, K: Keeper>(&'s mut Stay<K>);

impl<K: Keeper> Drop for Polled<'_, K> {
    fn drop(&mut self) {
        self.0.end(Verdict::Failure, FailureKind::Panic);
    }
}

pin_project_lite::pin_project! {
    /// A stream and the permit of the call that it is the rest of; made by [`Circuit::call_stream`].
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct UntilEnd<S, K: Keeper, J> {
        #[pin]
        stream: Fuse<S>,
        stay: Stay<K>,
        judge: J,
    }
}

impl<S, K: Keeper, J> UntilEnd<S, K, J> {
    const fn new(stream: S, stay: Stay<K>, judge: J) -> Self {
        Self { stream: Fuse::new(stream), stay, judge }
    }
}

impl<S, K, J, W> Stream for UntilEnd<S, K, J>
where
    S: FallibleStream,
    K: Keeper,
    J: Fn(&S::Failure) -> W,
    W: Into<Verdict>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let polled = Polled(this.stay);
        let item = this.stream.poll_next(context);
        std::mem::forget(polled);
        let item = ready!(item);
        match &item {
            Some(Ok(_)) => {}
            None => this.stay.succeed(),
            Some(Err(_)) if this.stay.is_over => {}
            Some(Err(error)) => {
                let verdict = (this.judge)(error).into();
                this.stay.end(verdict, FailureKind::Error(type_name::<S::Failure>()));
            }
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S, K: Keeper, J> IntoPinned for UntilEnd<S, K, J> {
    type Stream = Self;

    fn into_pinned(self) -> Pin<Box<Self>> {
        Box::pin(self)
    }
}
