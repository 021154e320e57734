//! Streams and the calls that give them, dropped after every number of polls: nothing is held, no place stays
//! taken, nothing runs on.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use resilient::{CircuitBreaker, CircuitState, circuit_breaker, retry, timeout};

use super::{After, Item, Items, Lost, Piece, Source, read};
use crate::support::Fault;

/// Attempts and items, each after a wait; the second attempt gives two items and fails.
const SCRIPT: &[&[Piece]] =
    &[&[After(300), Lost], &[After(300), Item(1), After(300), Item(2), After(300), Lost]];
/// Between two polls.
const TIME: Duration = Duration::from_millis(150);

macro_rules! stacks {
    ($($name:ident: $(#[$attribute:meta])+;)*) => {
        $(mod $name {
            #[allow(clippy::wildcard_imports)]
            use super::*;

            pub(super) static BREAKER: CircuitBreaker =
                CircuitBreaker::new(concat!("streams::cancelled::", stringify!($name))).failure_threshold(1);

            $(#[$attribute])+
            pub(super) async fn guarded(source: &Source) -> Result<Items, Fault> {
                tokio::task::yield_now().await;
                Ok(source.open().boxed())
            }
        })*

        #[test]
        fn whatever_is_dropped_leaves_nothing_behind() {
            $(check(stringify!($name), &$name::guarded, &$name::BREAKER);)*
        }
    };
}

stacks! {
    first_item: #[retry(jitter = none, until_first_item)];
    idle: #[timeout(idle = "200ms")];
    limit_and_idle: #[timeout(ms = 200, idle = "200ms")];
    until_end: #[circuit_breaker(BREAKER, until_end)];
    retry_timeout: #[retry(jitter = none, until_first_item)] #[timeout(secs = 1, idle = "200ms")];
    per_attempt_until_end: #[retry(jitter = none, until_first_item)] #[circuit_breaker(BREAKER, per_attempt, until_end)];
    all_until_end: #[circuit_breaker(BREAKER, until_end)] #[retry(jitter = none, until_first_item)]
        #[timeout(secs = 1, idle = "400ms")];
}

fn check(name: &str, guarded: &impl AsyncFn(&Source) -> Result<Items, Fault>, breaker: &CircuitBreaker) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    let _entered = runtime.enter();
    let uses_breaker = name.contains("until_end");
    let mut to_the_end = false;
    for polls in 0..60 {
        breaker.reset();
        if uses_breaker {
            // A probe has a place to give back.
            let _ = breaker.call(|| Err::<(), _>(Fault::connect()));
            runtime.block_on(tokio::time::advance(Duration::from_secs(30)));
            assert_eq!(breaker.state(), CircuitState::HalfOpen);
        }
        let source = Source::new(SCRIPT);
        let ended = runtime.block_on(async {
            let mut call = pin!(async { Ok::<_, Fault>(read(guarded(&source).await?).await) });
            for _ in 0..polls {
                if poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await.is_ready() {
                    return true;
                }
                tokio::time::advance(TIME).await;
            }
            false
        });
        let opened = source.opened();
        assert_eq!(source.held(), 0, "{name}: streams after {polls} polls");
        runtime.block_on(tokio::time::sleep(Duration::from_secs(3600)));
        assert_eq!(source.opened(), opened, "{name}: runs on after {polls} polls");
        assert_eq!(runtime.metrics().num_alive_tasks(), 0, "{name}");
        if uses_breaker {
            let seen = breaker.snapshot();
            assert_eq!(seen.probes_in_flight, 0, "{name}: places after {polls} polls");
            if polls > 0 && !ended && !name.contains("per_attempt") {
                assert_eq!(seen.state, CircuitState::HalfOpen, "{name}: dropped, it counts neither way");
            }
        }
        if ended {
            to_the_end = true;
            break;
        }
    }
    assert!(to_the_end, "{name}: never came to its end");
}
