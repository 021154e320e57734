//! Policies that go with the stream that a function returns. Here is the service that gives streams by a
//! script; what each policy makes of them is in the files beneath.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use tokio::time::{Sleep, sleep};

use crate::support::Fault;

mod borrowed;
mod cancelled;
mod first_item;
mod hints;
mod idle;
mod shapes;
mod together;
mod until_end;

type Items = BoxStream<'static, Result<u32, Fault>>;

/// What becomes of a stream, one after the other; then it ends.
#[derive(Clone, Copy, Debug)]
enum Piece {
    Item(u32),
    /// A transient failure.
    Lost,
    /// A permanent one.
    Refused,
    /// A transient one, with a hint of so many seconds.
    Busy(u64),
    /// Nothing for so many milliseconds.
    After(u64),
    /// Nothing ever.
    Silence,
    Panic,
}
use Piece::{After, Busy, Item, Lost, Panic, Refused, Silence};

/// Gives a stream by each of its scripts, and then by the last again and again.
#[derive(Clone)]
struct Source(Arc<State>);

struct State {
    scripts: Mutex<VecDeque<Vec<Piece>>>,
    opened: AtomicUsize,
    open: AtomicUsize,
}

impl Source {
    fn new(scripts: &[&[Piece]]) -> Self {
        let scripts = scripts.iter().map(|script| script.to_vec()).collect();
        Self(Arc::new(State {
            scripts: Mutex::new(scripts),
            opened: AtomicUsize::default(),
            open: AtomicUsize::default(),
        }))
    }

    fn open(&self) -> Scripted {
        self.0.opened.fetch_add(1, Ordering::SeqCst);
        self.0.open.fetch_add(1, Ordering::SeqCst);
        let mut scripts = self.0.scripts.lock().unwrap();
        let script = if scripts.len() > 1 { scripts.pop_front() } else { scripts.front().cloned() };
        let pieces = script.unwrap_or_default().into();
        Scripted { pieces, wait: None, has_ended: false, state: Arc::clone(&self.0) }
    }

    /// How many streams it has given.
    fn opened(&self) -> usize {
        self.0.opened.load(Ordering::SeqCst)
    }

    /// How many of them are still held.
    fn held(&self) -> usize {
        self.0.open.load(Ordering::SeqCst)
    }
}

struct Scripted {
    pieces: VecDeque<Piece>,
    wait: Option<Pin<Box<Sleep>>>,
    has_ended: bool,
    state: Arc<State>,
}

impl Stream for Scripted {
    type Item = Result<u32, Fault>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        assert!(!self.has_ended, "polled after its end");
        if let Some(wait) = &mut self.wait {
            ready!(wait.as_mut().poll(context));
            self.wait = None;
        }
        let Some(piece) = self.pieces.pop_front() else {
            self.has_ended = true;
            return Poll::Ready(None);
        };
        Poll::Ready(Some(match piece {
            Item(item) => Ok(item),
            Lost => Err(Fault::connect()),
            Refused => Err(Fault::Refused("no".into())),
            Busy(seconds) => Err(Fault::Busy { retry_after: Some(Duration::from_secs(seconds)) }),
            After(millis) => {
                self.wait = Some(Box::pin(sleep(Duration::from_millis(millis))));
                return self.poll_next(context);
            }
            Silence => {
                self.pieces.push_front(Silence);
                return Poll::Pending;
            }
            Panic => panic!("in the stream"),
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.pieces.len()))
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.state.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// All items, errors by their text. Asks once more than there are: that is not the source's to hear.
async fn read(items: impl Stream<Item = Result<u32, Fault>>) -> Vec<Result<u32, String>> {
    let mut items = std::pin::pin!(items);
    let mut all = Vec::new();
    while let Some(item) = items.next().await {
        all.push(item.map_err(|error| error.to_string()));
        assert!(all.len() < 100, "it never ends");
    }
    assert!(items.next().await.is_none());
    assert_eq!(items.size_hint(), (0, Some(0)));
    all
}

fn lost() -> String {
    Fault::connect().to_string()
}

fn refused() -> String {
    Fault::Refused("no".into()).to_string()
}
