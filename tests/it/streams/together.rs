//! The three together, and what is said of them.

use std::time::Duration;

use futures_util::StreamExt as _;
use resilient::{
    CircuitState, Served, circuit, circuit_breaker, deadline, describe, fallback, retry, timeout,
};
use tokio::time::{Instant, advance};

use super::{After, Item, Items, Lost, Silence, Source, lost, read};
use crate::support::{Events, Fault, paused};

#[fallback(default = futures_util::stream::empty().boxed())]
#[deadline("5m")]
#[circuit_breaker(name = "together", failure_threshold = 2, recovery_timeout = "60s", until_end)]
#[retry(max_attempts = 3, jitter = none, until_first_item, docs = true)]
#[timeout(secs = 60, idle = "10s", describe)]
async fn chat(source: &Source) -> Result<Served<Items>, Fault> {
    Ok(source.open().boxed().into())
}

#[test]
fn each_has_its_part() {
    paused(async {
        let (events, _guard) = Events::collect();
        // One attempt is silent, one breaks off at once, and the third after its first item.
        let source = Source::new(&[&[Silence], &[Lost], &[After(1_000), Item(1), After(1_000), Lost]]);
        let start = Instant::now();
        let items = chat(&source).await.unwrap();
        assert!(!items.is_degraded());
        assert_eq!((start.elapsed(), source.opened()), (Duration::from_secs(10 + 1 + 2 + 1), 3));
        assert_eq!(circuit("together").unwrap().snapshot().consecutive_failures, 0);
        assert_eq!(read(items.into_inner()).await, [Ok(1), Err(lost())]);
        assert_eq!(circuit("together").unwrap().snapshot().consecutive_failures, 1);
        assert_eq!(events.names(), ["timeout", "retry", "retry"]);

        // A stream that falls silent is a failure of the service, too.
        let silent = Source::new(&[&[Item(1), Silence]]);
        assert_eq!(read(chat(&silent).await.unwrap().into_inner()).await.len(), 2);
        assert_eq!(circuit("together").unwrap().state(), CircuitState::Open);
        assert!(chat(&silent).await.unwrap().is_degraded(), "refused");
        advance(Duration::from_secs(60)).await;
        let good = Source::new(&[&[Item(1)]]);
        read(chat(&good).await.unwrap().into_inner()).await;
        assert_eq!(circuit("together").unwrap().state(), CircuitState::Closed);
        assert_eq!(
            events.names()[3..],
            [
                "timeout",
                "circuit_open",
                "circuit_rejected",
                "degraded",
                "circuit_half_open",
                "circuit_closed"
            ]
        );
    });
}

#[timeout(idle = "10s", describe)]
async fn only_idle(source: &Source) -> Result<Items, Fault> {
    Ok(source.open().boxed())
}

#[test]
fn what_goes_with_the_stream_is_described() {
    let described = describe!(chat);
    let second = Duration::from_secs(1);
    let limits = [&described.timeout, &described.idle].map(|limit| limit.as_ref().unwrap().limit);
    assert_eq!(limits, [Some(60 * second), Some(10 * second)]);
    assert!(described.retry.as_ref().unwrap().until_first_item);
    assert!(described.circuit_breaker.as_ref().unwrap().until_end);
    let shown = described.to_string();
    for line in [
        "; a call lasts until its stream ends\n",
        "; an attempt lasts until the first item\n",
        "5. timeout: an attempt ends after 1 min; an item is waited for 10 s\n",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    let alone = describe!(only_idle);
    assert_eq!((alone.timeout.as_ref(), alone.idle.as_ref().unwrap().operation), (None, "only_idle"));
    assert!(alone.to_string().ends_with("1. timeout: an item is waited for 10 s\n"), "{alone}");
    assert_eq!(paused(async { read(only_idle(&Source::new(&[&[Item(1)]])).await.unwrap()).await }), [Ok(1)]);
    assert!(paused(plain()).is_ok());
    let plain = describe!(plain);
    assert!(!plain.retry.unwrap().until_first_item && !plain.circuit_breaker.unwrap().until_end);
}

#[circuit_breaker(name = "together::plain")]
#[retry(describe)]
async fn plain() -> Result<(), Fault> {
    Ok(())
}
