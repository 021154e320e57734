//! `#[timeout(idle = …)]`: how long an item is waited for.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
use resilient::{idle_timeout, retry, timeout};
use tokio::time::{Instant, sleep};

use super::{After, Item, Items, Lost, Piece, Silence, Source, lost, read};
use crate::support::{Events, Fault, paused};

const SECOND: Duration = Duration::from_secs(1);
const IDLE: Duration = Duration::from_secs(10);

#[timeout(idle = "10s")]
async fn chat(source: &Source) -> Result<Items, Fault> {
    Ok(source.open().boxed())
}

fn timed_out(operation: &str) -> String {
    format!("{operation} timed out after 10s")
}

#[test]
fn each_wait_is_bounded_by_itself() {
    paused(async {
        let (events, _guard) = Events::collect();
        let source = Source::new(&[&[After(9_900), Item(1), After(9_900), Item(2), Item(3), Silence]]);
        let start = Instant::now();
        let mut items = chat(&source).await.unwrap();
        for item in 1..=3 {
            assert_eq!(items.next().await.unwrap().unwrap(), item);
        }
        assert_eq!((start.elapsed(), events.names()), (Duration::from_millis(19_800), vec![]));
        let error = items.next().await.unwrap().unwrap_err();
        assert_eq!(start.elapsed(), Duration::from_millis(29_800));
        assert!(matches!(error, Fault::Timeout(error) if error.operation == "chat" && error.limit == IDLE));
        assert_eq!(source.held(), 0, "nobody holds on to the connection");
        assert_eq!(read(items).await, [], "nothing follows");
        let told = events.named("timeout");
        assert_eq!((told.len(), told[0].field("operation"), told[0].field("limit_s")), (1, "chat", "10.0"));
    });
}

#[test]
fn the_callers_own_time_does_not_count() {
    paused(async {
        let source = Source::new(&[&[After(1), Item(1), After(1), Item(2), After(9_000), Item(3)]]);
        let mut items = chat(&source).await.unwrap();
        for item in 1..=3 {
            sleep(SECOND * 3600).await;
            assert_eq!(items.next().await.unwrap().unwrap(), item);
        }
        sleep(SECOND * 3600).await;
        assert!(items.next().await.is_none());
    });
}

#[test]
fn an_item_that_is_ready_at_the_limit_wins() {
    paused(async {
        let source = Source::new(&[&[After(10_000), Item(1), After(10_000), Lost, After(10_001), Item(2)]]);
        let items = read(chat(&source).await.unwrap()).await;
        assert_eq!(items, [Ok(1), Err(lost()), Err(timed_out("chat"))]);
        // Whoever comes back late finds what has come meanwhile.
        let source = Source::new(&[&[After(60_000), Item(1)]]);
        let mut items = chat(&source).await.unwrap();
        assert!(items.poll_next_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
        sleep(SECOND * 60).await;
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
    });
}

#[test]
fn it_goes_with_a_limit_of_the_attempt_and_a_name() {
    #[timeout(secs = 2, idle = "10s", operation = "model")]
    async fn chat(source: &Source, setup: Duration) -> Result<Items, Fault> {
        sleep(setup).await;
        Ok(source.open().boxed())
    }
    paused(async {
        let source = Source::new(&[&[After(5_000), Item(1), Silence]]);
        let Err(Fault::Timeout(error)) = chat(&source, SECOND * 3).await else { panic!("it takes longer") };
        assert_eq!((error.limit, source.opened()), (SECOND * 2, 0));
        let items = read(chat(&source, SECOND).await.unwrap()).await;
        assert_eq!(items, [Ok(1), Err(timed_out("model"))], "its limit is not that of the items");
    });
}

#[test]
fn a_first_item_that_does_not_come_is_tried_again() {
    #[retry(max_attempts = 3, jitter = none, until_first_item)]
    #[timeout(idle = IDLE)]
    async fn chat(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    paused(async {
        let (events, _guard) = Events::collect();
        let (source, start) = (Source::new(&[&[Silence], &[After(9_000), Item(1), Silence]]), Instant::now());
        let items = chat(&source).await.unwrap();
        assert_eq!((start.elapsed(), source.opened(), source.held()), (SECOND * (10 + 1 + 9), 2, 1));
        assert_eq!(read(items).await, [Ok(1), Err(timed_out("chat"))], "later ones are the caller's");
        assert_eq!(events.names(), ["timeout", "retry", "timeout"]);

        let source = Source::new(&[&[Silence]]);
        assert!(matches!(chat(&source).await, Err(Fault::Timeout(_))));
        assert_eq!((source.opened(), source.held()), (3, 0));
    });
}

/// One whose limits are its own.
struct Model {
    source: Source,
    idle: Duration,
}

impl Model {
    #[timeout(idle = self.idle)]
    async fn chat(&self) -> Result<Items, Fault> {
        Ok(self.source.open().boxed())
    }

    #[retry(backoff = none, until_first_item)]
    #[timeout(secs = 60, idle = self.idle * factor)]
    async fn retried(&self, factor: u32, prompt: String) -> Result<Items, Fault> {
        drop(prompt);
        Ok(self.source.open().boxed())
    }
}

#[test]
fn it_may_be_an_expression() {
    paused(async {
        let model = |idle, script: &[Piece]| Model { source: Source::new(&[script]), idle };
        let start = Instant::now();
        let items = read(model(SECOND * 3, &[Item(1), Silence]).chat().await.unwrap()).await;
        assert_eq!((start.elapsed(), items.len()), (SECOND * 3, 2));

        let start = Instant::now();
        let slow = model(SECOND * 3, &[Silence]);
        assert!(slow.retried(2, String::new()).await.is_err());
        assert_eq!((start.elapsed(), slow.source.opened()), (SECOND * 3 * 2 * 3, 3));

        // Zero and absurd values are defined.
        let none = read(model(Duration::ZERO, &[Item(1), After(1), Item(2)]).chat().await.unwrap()).await;
        assert_eq!(none, [Ok(1), Err("chat timed out after 0s".into())]);
        let script = &[After(3_600_000), Item(1), After(3_600_000), Item(2)];
        assert_eq!(read(model(Duration::MAX, script).chat().await.unwrap()).await, [Ok(1), Ok(2)]);
    });
}

#[test]
fn an_expression_is_evaluated_when_its_attempt_begins() {
    #[retry(jitter = none, until_first_item)]
    #[timeout(idle = limit())]
    async fn chat(source: &Source, limit: &dyn Fn() -> Duration) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    paused(async {
        let (start, asked) = (Instant::now(), std::cell::RefCell::default());
        let limit = || {
            let mut asked: std::cell::RefMut<'_, Vec<Duration>> = asked.borrow_mut();
            asked.push(start.elapsed());
            IDLE
        };
        assert!(chat(&Source::new(&[&[Lost]]), &limit).await.is_err());
        assert_eq!(*asked.borrow(), [0, 1, 3].map(|second| SECOND * second));
    });
}

/// Outside of a runtime a timer, and with it a look at the clock, would be a panic.
#[test]
fn ready_items_ask_neither_timer_nor_clock() {
    #[timeout(idle = "10s")]
    async fn ready() -> Result<Items, Fault> {
        Ok(stream::iter((0..1_000).map(Ok)).boxed())
    }
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(mut items)) = pin!(ready()).poll(&mut context) else { panic!("ready at once") };
    for item in 0..1_000 {
        let next = items.poll_next_unpin(&mut context);
        assert!(matches!(next, Poll::Ready(Some(Ok(next))) if next == item));
    }
    assert!(matches!(items.poll_next_unpin(&mut context), Poll::Ready(None)));
}

#[test]
fn a_caller_that_looks_away_does_not_stop_the_count() {
    paused(async {
        let source = Source::new(&[&[After(15_000), Item(1)]]);
        for (away, expected) in [(9, Err(timed_out("chat"))), (10, Err(timed_out("chat"))), (15, Ok(1))] {
            let (mut items, start) = (chat(&source).await.unwrap(), Instant::now());
            assert!(items.next().now_or_never().is_none());
            sleep(SECOND * away).await;
            let item = items.next().await.unwrap();
            assert_eq!(item.map_err(|error| error.to_string()), expected, "{away}");
            assert_eq!(start.elapsed(), SECOND * away.max(10));
        }
    });
}

/// As a stream may be that is asked where it stands.
#[timeout(idle = "10s")]
async fn movable(source: &Source) -> Result<impl Stream<Item = Result<u32, Fault>> + Unpin + use<>, Fault> {
    Ok(source.open())
}

#[test]
fn a_stream_that_can_be_moved_still_can() {
    paused(async {
        let source = Source::new(&[&[Item(1), After(9_000), Item(2), Silence]]);
        let mut items = movable(&source).await.unwrap();
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        assert!(items.next().now_or_never().is_none());
        // Moved in the midst of a wait.
        let items = vec![items].pop().unwrap();
        assert_eq!(read(items).await, [Ok(2), Err(timed_out("movable"))]);
        let mut by_hand = idle_timeout(IDLE, "chat", source.open());
        assert!(by_hand.next().await.is_some());
    });
}

/// Counts how often it was called.
#[derive(Default)]
struct Calls(AtomicUsize);

impl Wake for Calls {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_stream_that_has_ended_wakes_nobody() {
    paused(async {
        let calls = Arc::new(Calls::default());
        let waker = Waker::from(Arc::clone(&calls));
        let mut context = Context::from_waker(&waker);
        // It wakes nobody itself: whoever is woken is so by the limit's timer.
        let mut polls = [Poll::Pending, Poll::Ready(None)].into_iter();
        let source = stream::poll_fn(move |_| -> Poll<Option<Result<u32, Fault>>> { polls.next().unwrap() });
        let mut items = pin!(idle_timeout(IDLE, "chat", source));
        assert!(items.as_mut().poll_next(&mut context).is_pending());
        assert!(matches!(items.as_mut().poll_next(&mut context), Poll::Ready(None)));
        sleep(IDLE * 2).await;
        assert_eq!(calls.0.load(Ordering::SeqCst), 0, "the timer is gone, though the stream is held");
    });
}
