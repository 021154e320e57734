//! `#[circuit_breaker(until_end)]`: a call that lasts until its stream ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use resilient::{CircuitBreaker, CircuitState, FailureKind, KeyedCircuitBreaker, circuit_breaker, retry};
use tokio::time::advance;

use super::{After, Item, Items, Lost, Panic, Piece, Refused, Silence, Source, lost, read};
use crate::support::{Fault, paused};

const SECOND: Duration = Duration::from_secs(1);

/// A function under a breaker of its own.
macro_rules! chat {
    ($breaker:ident = $made:expr $(, $($setting:tt)*)?) => {
        static $breaker: CircuitBreaker = $made;

        #[circuit_breaker($breaker, until_end $(, $($setting)*)?)]
        async fn chat(source: &Source) -> Result<Items, Fault> {
            if source.0.scripts.lock().unwrap().is_empty() {
                return Err(Fault::connect());
            }
            Ok(source.open().boxed())
        }
    };
}

fn script(pieces: &[Piece]) -> Source {
    Source::new(&[pieces])
}

#[test]
fn the_first_error_of_the_stream_is_the_calls() {
    chat!(BREAKER = CircuitBreaker::new("until_end::first").failure_threshold(2));
    paused(async {
        for seen in [CircuitState::Closed, CircuitState::Open] {
            let mut items = chat(&script(&[Item(1), Lost, Lost, Item(2)])).await.unwrap();
            assert_eq!(items.next().await.unwrap().unwrap(), 1);
            assert_eq!(BREAKER.state(), CircuitState::Closed);
            assert!(items.next().await.unwrap().is_err());
            assert_eq!(BREAKER.state(), seen, "told at once");
            assert_eq!(read(items).await, [Err(lost()), Ok(2)], "the rest is the caller's");
        }
        let kind = BREAKER.snapshot().last_failure.unwrap();
        assert!(matches!(kind, FailureKind::Error(name) if name.ends_with("Fault")), "{kind:?}");
    });
}

#[test]
fn a_call_succeeds_when_its_stream_ends() {
    chat!(BREAKER = CircuitBreaker::new("until_end::ends").failure_threshold(2));
    paused(async {
        assert!(chat(&Source::new(&[])).await.is_err());
        let mut items = chat(&script(&[Item(1), Item(2)])).await.unwrap();
        assert!(items.next().await.is_some() && items.next().await.is_some());
        assert_eq!(BREAKER.snapshot().consecutive_failures, 1, "that one runs");
        assert!(items.next().await.is_none());
        assert_eq!(BREAKER.snapshot().consecutive_failures, 0);
        // The function's own error counts as ever.
        assert!(chat(&Source::new(&[])).await.is_err() && chat(&Source::new(&[])).await.is_err());
        assert!(matches!(chat(&script(&[])).await, Err(Fault::CircuitOpen(_))));
    });
}

#[test]
fn errors_of_items_are_judged_as_those_of_the_function() {
    mod on {
        use super::*;
        chat!(ON = CircuitBreaker::new("until_end::on").failure_threshold(2), on = Fault::Connect);
        pub(super) async fn check() {
            assert!(chat(&Source::new(&[])).await.is_err());
            read(chat(&script(&[Refused])).await.unwrap()).await;
            assert_eq!(ON.snapshot().consecutive_failures, 0, "it answered");
        }
    }
    mod neutral {
        use super::*;
        chat!(
            NEUTRAL = CircuitBreaker::new("until_end::neutral").failure_threshold(2),
            when = |error| matches!(error, Fault::Connect(_)),
            otherwise = neutral
        );
        pub(super) async fn check() {
            assert!(chat(&Source::new(&[])).await.is_err());
            read(chat(&script(&[Refused])).await.unwrap()).await;
            assert_eq!(NEUTRAL.snapshot().consecutive_failures, 1, "it said nothing");
            read(chat(&script(&[Lost])).await.unwrap()).await;
            assert_eq!(NEUTRAL.state(), CircuitState::Open);
        }
    }
    paused(async {
        on::check().await;
        neutral::check().await;
    });
}

#[test]
fn a_stream_that_is_dropped_counts_neither_way() {
    chat!(BREAKER = CircuitBreaker::new("until_end::dropped").failure_threshold(1));
    paused(async {
        read(chat(&script(&[Lost])).await.unwrap()).await;
        advance(SECOND * 30).await;
        let mut items = chat(&script(&[Item(1), Item(2)])).await.unwrap();
        assert!(items.next().await.is_some());
        assert_eq!(BREAKER.snapshot().probes_in_flight, 1);
        assert!(matches!(chat(&script(&[])).await, Err(Fault::CircuitOpen(_))), "its place is taken");
        drop(items);
        let seen = BREAKER.snapshot();
        assert_eq!((seen.state, seen.probes_in_flight), (CircuitState::HalfOpen, 0));
        // One that was settled has nothing to give back.
        let mut items = chat(&script(&[Lost, Item(1)])).await.unwrap();
        assert!(items.next().await.is_some());
        assert_eq!(BREAKER.state(), CircuitState::Open);
        drop(items);
        assert_eq!(BREAKER.state(), CircuitState::Open);
    });
}

#[test]
fn a_probe_holds_its_place_until_its_stream_ends() {
    chat!(
        BREAKER = CircuitBreaker::new("until_end::probe")
            .failure_threshold(1)
            .probe_timeout(Duration::from_secs(20))
    );
    paused(async {
        let open = async || {
            read(chat(&script(&[Lost])).await.unwrap()).await;
            advance(SECOND * 30).await;
        };
        open().await;
        let items = chat(&script(&[Item(1), After(5_000), Item(2)])).await.unwrap();
        assert!(chat(&script(&[])).await.is_err());
        read(items).await;
        assert_eq!(BREAKER.state(), CircuitState::Closed);

        open().await;
        let mut late = chat(&script(&[Item(1), After(60_000)])).await.unwrap();
        assert!(late.next().await.is_some());
        advance(SECOND * 20).await;
        read(chat(&script(&[])).await.unwrap()).await;
        assert_eq!(BREAKER.state(), CircuitState::Closed, "another one had its place");
        let before = BREAKER.snapshot();
        read(late).await;
        let seen = BREAKER.snapshot();
        assert_eq!((seen.state, seen.stale_results), (before.state, before.stale_results + 1));
    });
}

#[test]
fn a_panic_in_the_stream_is_a_failure() {
    chat!(BREAKER = CircuitBreaker::new("until_end::panic").failure_threshold(1));
    paused(async {
        let mut items = chat(&script(&[Item(1), Panic])).await.unwrap();
        assert!(items.next().await.is_some());
        let next = catch_unwind(AssertUnwindSafe(|| items.next().now_or_never()));
        assert!(next.is_err());
        assert_eq!(BREAKER.state(), CircuitState::Open, "also while somebody holds what is left");
        assert!(matches!(BREAKER.snapshot().last_failure, Some(FailureKind::Panic)));

        BREAKER.reset();
        let stream = chat(&script(&[Panic])).await.unwrap();
        assert!(tokio::spawn(read(stream)).await.unwrap_err().is_panic());
        assert_eq!(BREAKER.state(), CircuitState::Open);
        // Of somebody else: it does not come from the service.
        BREAKER.reset();
        let stream = chat(&script(&[Item(1)])).await.unwrap();
        let theirs = async {
            let _stream = stream;
            panic!("elsewhere");
        };
        assert!(tokio::spawn(theirs).await.unwrap_err().is_panic());
        assert_eq!(BREAKER.state(), CircuitState::Closed);
    });
}

#[test]
fn a_call_is_as_slow_as_its_stream() {
    chat!(
        BREAKER = CircuitBreaker::new("until_end::slow")
            .failure_rate(1.0)
            .minimum_calls(2)
            .window(resilient::Window::Calls(2))
            .slow_call(Duration::from_secs(10))
            .slow_call_rate(1.0)
    );
    paused(async {
        for _ in 0..2 {
            assert_eq!(BREAKER.state(), CircuitState::Closed);
            read(chat(&script(&[Item(1), After(10_001)])).await.unwrap()).await;
        }
        assert_eq!(BREAKER.state(), CircuitState::Open);
    });
}

#[test]
fn by_key_each_circuit_is_held_as_long() {
    static HOSTS: KeyedCircuitBreaker = CircuitBreaker::new("until_end::keyed").failure_threshold(1).keyed();
    #[circuit_breaker(HOSTS, key = host, until_end)]
    async fn at_static(host: &str, source: &Source) -> Result<Items, Fault> {
        let _ = host;
        Ok(source.open().boxed())
    }
    #[circuit_breaker(name = "until_end::keyed", failure_threshold = 1, key = (host.len(), 7), until_end)]
    async fn written(host: String, source: &Source) -> Result<Items, Fault> {
        drop(host);
        Ok(source.open().boxed())
    }
    paused(async {
        for call in 0..2 {
            let items = at_static("down", &script(&[Item(1), Lost])).await;
            assert_eq!(items.is_err(), call == 1);
            if let Ok(items) = items {
                assert_eq!(tokio::spawn(read(items)).await.unwrap().len(), 2);
            }
        }
        assert!(at_static("up", &script(&[])).await.is_ok());
        assert_eq!(HOSTS.of("down").state(), CircuitState::Open);

        let source = script(&[Lost]);
        read(written("down".into(), &source).await.unwrap()).await;
        assert!(matches!(written("late".into(), &source).await, Err(Fault::CircuitOpen(_))));
        assert!(written("up".into(), &source).await.is_ok());
    });
}

#[test]
fn below_a_retry_it_is_the_last_attempt_that_lasts() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("until_end::below").failure_threshold(2);
    #[retry(backoff = none, until_first_item)]
    #[circuit_breaker(BREAKER, per_attempt, until_end)]
    async fn chat(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    paused(async {
        let source = Source::new(&[&[Lost], &[Item(1), Lost, Item(2)]]);
        let items = chat(&source).await.unwrap();
        assert_eq!(BREAKER.snapshot().consecutive_failures, 1);
        assert_eq!(read(items).await, [Ok(1), Err(lost()), Ok(2)]);
        assert_eq!((source.opened(), BREAKER.state()), (2, CircuitState::Open));
    });
}

#[test]
fn as_a_value_it_is_the_same() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("until_end::value").failure_threshold(1);
    paused(async {
        let (lost, silent) = (script(&[Item(1), Lost]), script(&[Silence]));
        let held = BREAKER.call_stream(async || Ok::<_, Fault>(silent.open())).await.unwrap();
        let items = BREAKER.call_stream(async || Ok::<_, Fault>(lost.open())).await.unwrap();
        assert_eq!((read(items).await.len(), BREAKER.state()), (2, CircuitState::Open));
        drop(held);
        let refused = BREAKER.call_stream(async || Ok::<_, Fault>(lost.open())).await;
        assert!(matches!(refused, Err(Fault::CircuitOpen(_))) && lost.opened() == 1);
        BREAKER.reset();
        let failed = async || Err::<super::Scripted, _>(Fault::connect());
        assert!(BREAKER.call_stream(failed).await.is_err());
        assert_eq!(BREAKER.state(), CircuitState::Open);
    });
}
