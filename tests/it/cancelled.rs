//! Futures that are dropped: every policy, every legal pair and the full stack, after every number of polls.
//! Whatever was begun has ended, whatever was taken is back, and nothing runs on.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use resilient::{CircuitBreaker, CircuitState, RetryBudget, Served, remaining};

use crate::support::{Events, Fault};

/// What bodies have begun and ended.
#[derive(Default)]
struct Bodies {
    begun: AtomicU32,
    ended: AtomicU32,
}

/// One body: it ends however it may.
struct Body<'b>(&'b Bodies);

impl<'b> Body<'b> {
    fn begin(bodies: &'b Bodies) -> Self {
        bodies.begun.fetch_add(1, Ordering::SeqCst);
        Self(bodies)
    }
}

impl Drop for Body<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::SeqCst);
    }
}

/// Waits for others and for time, and fails.
async fn body(bodies: &Bodies) -> Result<Served<u32>, Fault> {
    let _body = Body::begin(bodies);
    tokio::task::yield_now().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    Err(Fault::connect())
}

/// A breaker and a budget of its own, and a function under the attributes.
macro_rules! stack {
    ($name:ident: $(#[$attribute:meta])+) => {
        mod $name {
            #[allow(unused_imports)]
            use resilient::{
                CircuitBreaker, RetryBudget, Served, circuit_breaker, deadline, fallback, retry, timeout,
            };

            use super::{Bodies, Fault};

            pub(super) static BREAKER: CircuitBreaker =
                CircuitBreaker::new(concat!("cancelled::", stringify!($name))).failure_threshold(1);
            pub(super) static BUDGET: RetryBudget = RetryBudget::new("cancelled").ratio(0.001).min_retries(100);

            $(#[$attribute])+
            pub(super) async fn guarded(bodies: &Bodies) -> Result<Served<u32>, Fault> {
                super::body(bodies).await
            }
        }
    };
}

macro_rules! stacks {
    ($($name:ident: $(#[$attribute:meta])+;)*) => {
        $(stack!($name: $(#[$attribute])+);)*

        #[test]
        fn whatever_is_dropped_leaves_nothing_behind() {
            $(check(stringify!($name), &$name::guarded, &$name::BREAKER, &$name::BUDGET);)*
        }
    };
}

stacks! {
    fallback_: #[fallback(default = 0)];
    deadline_: #[deadline("3s")];
    breaker: #[circuit_breaker(BREAKER)];
    retry_: #[retry(max_attempts = 3, jitter = none, budget = BUDGET)];
    timeout_: #[timeout("200ms")];
    fallback_deadline: #[fallback(default = 0)] #[deadline("3s")];
    fallback_breaker: #[fallback(default = 0)] #[circuit_breaker(BREAKER)];
    fallback_retry: #[fallback(default = 0)] #[retry(max_attempts = 3, jitter = none, budget = BUDGET)];
    fallback_timeout: #[fallback(default = 0)] #[timeout("200ms")];
    deadline_breaker: #[deadline("3s")] #[circuit_breaker(BREAKER)];
    deadline_retry: #[deadline("9s")] #[retry(max_attempts = 3, jitter = none, budget = BUDGET)];
    deadline_timeout: #[deadline("3s")] #[timeout("200ms")];
    breaker_retry: #[circuit_breaker(BREAKER)] #[retry(max_attempts = 3, jitter = none, budget = BUDGET)];
    breaker_timeout: #[circuit_breaker(BREAKER)] #[timeout("200ms")];
    retry_breaker: #[retry(max_attempts = 3, jitter = none, budget = BUDGET)] #[circuit_breaker(BREAKER, per_attempt)];
    retry_timeout: #[retry(max_attempts = 3, jitter = none, budget = BUDGET)] #[timeout("200ms")];
    full: #[fallback(default = 0)] #[deadline("9s")] #[circuit_breaker(BREAKER)]
        #[retry(max_attempts = 3, jitter = none, budget = BUDGET)] #[timeout("200ms")];
}

/// Of a function that fails and is tried again twice, with delays of one and two seconds.
const MOST_POLLS: usize = 40;
/// Between two polls.
const TIME: Duration = Duration::from_millis(150);

fn check(
    name: &str,
    guarded: &impl AsyncFn(&Bodies) -> Result<Served<u32>, Fault>,
    breaker: &CircuitBreaker,
    budget: &RetryBudget,
) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    // The breaker is asked by the same clock, outside of futures, too.
    let _entered = runtime.enter();
    let mut to_the_end = false;
    for polls in 0..MOST_POLLS {
        budget.refill();
        breaker.reset();
        let uses_breaker = name == "full" || name.contains("breaker");
        if uses_breaker {
            // A probe has a place to give back.
            let _ = breaker.call(|| Err::<(), _>(Fault::connect()));
            runtime.block_on(tokio::time::advance(Duration::from_secs(30)));
            assert_eq!(breaker.state(), CircuitState::HalfOpen);
        }
        let (bodies, (events, _guard)) = (Bodies::default(), Events::collect());
        let ended = runtime.block_on(async {
            let mut call = pin!(guarded(&bodies));
            for _ in 0..polls {
                let polled = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
                assert_eq!(remaining(), None, "{name}: seen outside of the call");
                if polled.is_ready() {
                    return true;
                }
                tokio::time::advance(TIME).await;
            }
            false
        });
        // Here it is dropped.
        let [begun, over] = [&bodies.begun, &bodies.ended].map(|count| count.load(Ordering::SeqCst));
        assert_eq!(begun, over, "{name}: bodies after {polls} polls");
        runtime.block_on(tokio::time::sleep(Duration::from_secs(3600)));
        assert_eq!(bodies.begun.load(Ordering::SeqCst), begun, "{name}: runs on after {polls} polls");
        assert_eq!(runtime.metrics().num_alive_tasks(), 0, "{name}");

        let per_attempt = name == "retry_breaker";
        let retries = u64::from(begun.saturating_sub(1));
        if name == "full" || name.contains("retry") {
            let (spent, told) = (100 - budget.available(), events.named("retry").len() as u64);
            // What was told may have been dropped in its delay: then it has cost nothing.
            assert!(spent == told || spent + 1 == told, "{name}: {spent} of {told}");
            // An attempt that the breaker refused has cost a token, and no body.
            assert!(spent == retries || per_attempt, "{name}: tokens after {polls} polls");
        }
        if uses_breaker {
            let seen = breaker.snapshot();
            assert_eq!(seen.probes_in_flight, 0, "{name}: places after {polls} polls");
            if polls > 0 && !ended && !per_attempt {
                assert_eq!(seen.state, CircuitState::HalfOpen, "{name}: a dropped probe counts neither way");
                assert!(breaker.enter().is_ok(), "{name}: the next one is let through");
            }
        }
        if ended {
            to_the_end = true;
            break;
        }
    }
    assert!(to_the_end, "{name}: never came to its end");
}
