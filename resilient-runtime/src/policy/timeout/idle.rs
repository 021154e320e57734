//! Bounding each wait for an item of a stream. The timer is made at the first wait and set anew at each
//! further one: an item that is ready costs no timer and no look at a clock. Time that the caller takes
//! between items is its own.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use crate::clock::{self, Timer};
use crate::error::CarriesTimeout;
use crate::limit::{Carried, Limit};
use crate::mode;
use crate::stream::{FallibleStream, Fuse, IntoPinned, Opened};

/// Ends `stream` when an item has not come within `limit`, counted from when the caller asks for it and finds
/// nothing.
///
/// The last item then is an `Err` made of the [`TimeoutError`](crate::TimeoutError), and the stream is dropped.
/// An item that is ready at the limit wins. Time that the caller takes between items does not count. A zero
/// limit lets no item be waited for. Ready items cost neither a timer nor a look at a clock; the first wait
/// allocates the timer of all. What is given can be moved (`Unpin`) if `stream` can.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::pin::pin;
/// use std::time::Duration;
/// use futures_util::{StreamExt, stream};
/// use resilient_runtime::{TimeoutError, idle_timeout};
///
/// let silent = stream::iter([Ok::<_, TimeoutError>("one")]).chain(stream::pending());
/// let mut items = pin!(idle_timeout(Duration::from_secs(10), "chat", silent));
/// assert_eq!(items.next().await, Some(Ok("one")));
/// let error = items.next().await.unwrap().unwrap_err();
/// assert_eq!(error.to_string(), "chat timed out after 10s");
/// assert_eq!(items.next().await, None);
/// # }
/// ```
pub fn idle_timeout<S, T, E>(
    limit: Duration,
    operation: &'static str,
    stream: S,
) -> impl Stream<Item = Result<T, E>>
where
    S: Stream<Item = Result<T, E>>,
    E: CarriesTimeout,
{
    Idle::new(stream, Carried::new(Limit::new(limit, operation)))
}

/// What attributes write.
#[doc(hidden)]
impl<D, A, S: FallibleStream, E> Opened<D, A, S, E> {
    /// See [`idle_timeout`].
    pub fn idle(self, limit: Carried<S::Item>) -> Opened<D, A, Idle<S>, E> {
        Self::with(self.into_parts().map(|(stream, around)| (Idle::new(stream, limit), around)))
    }
}

pin_project_lite::pin_project! {
    /// A stream whose items are not waited for without end; made by [`idle_timeout`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Idle<S: Stream> {
        #[pin]
        stream: Fuse<S>,
        // Stays when an item has come: to set it later costs less than to take it away. In a box, so that the
        // stream can be moved if the one below can.
        timer: Option<Pin<Box<Timer>>>,
        waits: bool,
        // Not by a function that gives it: whether that one gives the same for every lifetime in an item the
        // compiler cannot say, and then a future that holds the stream is not `Send`.
        limit: Carried<S::Item>,
    }
}

impl<S: Stream> Idle<S> {
    const fn new(stream: S, limit: Carried<S::Item>) -> Self {
        Self { stream: Fuse::new(stream), timer: None, waits: false, limit }
    }
}

impl<S: Stream> Stream for Idle<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        // As of a future that is bounded: the timer is asked first, while tokio's budget for this poll is fresh.
        let elapsed = *this.waits && clock::has_elapsed(pinned(this.timer), context);
        if let Poll::Ready(item) = this.stream.as_mut().poll_next(context) {
            *this.waits = false;
            if item.is_none() {
                // Or it would wake the caller for nothing.
                *this.timer = None;
            }
            return Poll::Ready(item);
        }
        if *this.waits && !elapsed {
            return Poll::Pending;
        }
        if !*this.waits {
            *this.waits = true;
            ready!(wait(this.timer, this.limit.limit, context));
        }
        // The timer has fired and wakes nobody; it goes when the caller hears of the end.
        this.stream.end();
        Poll::Ready(Some(this.limit.passed()))
    }

    /// The error of a timeout may come instead of the rest, or after what was thought to be the last item.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.stream.size_hint();
        let timeout = usize::from(!self.stream.has_ended());
        (least.min(1), most.and_then(|most| most.checked_add(timeout)))
    }
}

impl<S: Stream> IntoPinned for Idle<S> {
    type Stream = Self;

    fn into_pinned(self) -> Pin<Box<Self>> {
        Box::pin(self)
    }
}

/// Time counts from here; ready where there is none.
#[cold]
fn wait(timer: &mut Option<Pin<Box<Timer>>>, limit: Limit, context: &mut Context<'_>) -> Poll<()> {
    let time = if mode::is_active() { limit.duration() } else { Duration::MAX };
    clock::restart(timer, time);
    if clock::has_elapsed(pinned(timer), context) { Poll::Ready(()) } else { Poll::Pending }
}

fn pinned(timer: &mut Option<Pin<Box<Timer>>>) -> Option<Pin<&mut Timer>> {
    timer.as_mut().map(Pin::as_mut)
}
