//! `size_hint` of streams that policies have a layer around: at each step neither more is promised than comes
//! nor less allowed.

use std::future::pending;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _, stream};
use resilient::{CircuitBreaker, circuit_breaker, first_item, idle_timeout, retry, timeout};

use super::Items;
use crate::support::{Fault, paused};

type Hint = (usize, Option<usize>);

/// Promises `count` items, and falls silent when it has given all but `kept`.
fn promising(count: u32, kept: u32) -> impl Stream<Item = Result<u32, Fault>> {
    stream::iter(0..count).then(move |item| async move {
        if item >= count - kept {
            pending::<()>().await;
        }
        Ok(item)
    })
}

/// What `items` said before each item and after the last, which held each time.
async fn hints(items: impl Stream<Item = Result<u32, Fault>>) -> Vec<Hint> {
    let mut items = std::pin::pin!(items);
    let mut hints = vec![items.size_hint()];
    while items.next().await.is_some() {
        hints.push(items.size_hint());
    }
    assert_eq!(items.size_hint(), (0, Some(0)), "after the end");
    for (left, (least, most)) in hints.iter().rev().enumerate() {
        assert!(*least <= left && most.is_none_or(|most| left <= most), "{left} came: {hints:?}");
    }
    hints
}

const fn from(least: usize, most: usize) -> Hint {
    (least, Some(most))
}

#[test]
fn a_limit_may_end_the_stream_early_or_add_its_error() {
    let idle = |items| hints(idle_timeout(Duration::from_secs(1), "hints", items));
    paused(async {
        // The end itself may be waited for too long.
        assert_eq!(idle(promising(3, 0).boxed()).await, [from(1, 4), from(1, 3), from(1, 2), from(0, 1)]);
        assert_eq!(idle(promising(3, 2).boxed()).await, [from(1, 4), from(1, 3), from(0, 0)]);
        let no_end = promising(1, 0).chain(stream::once(pending::<Result<u32, Fault>>()).skip(1)).boxed();
        assert_eq!(idle(no_end).await, [from(1, 2), from(0, 1), from(0, 0)]);
        let endless = stream::repeat_with(|| Ok(1)).take_while(|_| async { false }).boxed();
        assert_eq!(idle(endless).await, [(0, None)]);
    });
}

#[test]
fn the_first_item_counts_while_it_is_in_front() {
    paused(async {
        let front = first_item(promising(3, 0)).await.unwrap();
        assert_eq!(hints(front).await, [from(3, 3), from(2, 2), from(1, 1), from(0, 0)]);
        let endless = first_item(stream::iter(0..).map(Ok::<u32, Fault>)).await.unwrap();
        let most = usize::MAX;
        assert_eq!(endless.size_hint(), (most, None));
        let empty = first_item(promising(0, 0)).await.unwrap();
        assert_eq!(hints(empty).await, [from(0, 0)]);
    });
}

#[test]
fn a_call_until_the_end_lasts_as_long_as_its_stream() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("hints::until_end");
    paused(async {
        let items = BREAKER.call_stream(async || Ok::<_, Fault>(promising(2, 0))).await.unwrap();
        assert_eq!(hints(items).await, [from(2, 2), from(1, 1), from(0, 0)]);
    });
}

#[test]
fn all_together_still_say_what_holds() {
    #[circuit_breaker(name = "hints::all", until_end)]
    #[retry(until_first_item)]
    #[timeout(idle = "1s")]
    async fn all(kept: u32) -> Result<Items, Fault> {
        Ok(promising(3, kept).boxed())
    }
    paused(async {
        let items = all(0).await.unwrap();
        assert_eq!(hints(items).await, [from(2, 4), from(1, 3), from(1, 2), from(0, 1)]);
        let items = all(2).await.unwrap();
        assert_eq!(hints(items).await, [from(2, 4), from(1, 3), from(0, 0)]);
    });
}
