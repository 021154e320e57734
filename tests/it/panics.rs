//! User code that panics where a policy calls it: predicates, what an error says of itself, expressions in
//! settings, a subscriber, a `Drop`. The panic reaches the caller as it is, within the poll that met it, and
//! whatever the call had taken is back.

use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilient::{
    CircuitBreaker, CircuitOpenError, CircuitState, RetryBudget, RetryClassification, Retryable,
    TimeoutError, remaining,
};
use tracing_subscriber::layer::{self, Layer, SubscriberExt as _};

use crate::support::{Events, paused, virtually};

/// Without a message on the console.
fn boom() -> ! {
    resume_unwind(Box::new("boom"))
}

/// Which piece of an error panics.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Touchy {
    Nowhere,
    /// Not the error: the body, before there is one.
    Made,
    Judged,
    Shown,
    Dropped,
}

#[derive(Debug)]
struct Fault(Touchy);

impl std::error::Error for Fault {}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 == Touchy::Shown { boom() } else { f.write_str("fault") }
    }
}

impl Retryable for Fault {
    fn retry_classification(&self) -> RetryClassification {
        if self.0 == Touchy::Judged { boom() } else { RetryClassification::TRANSIENT }
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        if self.0 == Touchy::Dropped {
            boom()
        }
    }
}

impl From<CircuitOpenError> for Fault {
    fn from(_: CircuitOpenError) -> Self {
        Self(Touchy::Nowhere)
    }
}

impl From<TimeoutError> for Fault {
    fn from(_: TimeoutError) -> Self {
        Self(Touchy::Nowhere)
    }
}

/// How the body ends in its first attempt; in a later one it succeeds.
type First = Result<u32, Touchy>;
type Outcome = Result<u32, Fault>;

fn body(first: First, attempts: &Cell<u32>) -> Outcome {
    match (attempts.replace(attempts.get() + 1), first) {
        (0, Err(Touchy::Made)) => boom(),
        (0, first) => first.map_err(Fault),
        _ => Ok(7),
    }
}

/// A sync and an async function under one retry, with a breaker and a budget of its own.
macro_rules! guarded {
    ($name:ident($attempts:ident): $($settings:tt)*) => {
        mod $name {
            use resilient::{circuit_breaker, deadline, retry};

            use super::*;

            static BREAKER: CircuitBreaker =
                CircuitBreaker::new(concat!("panics::", stringify!($name))).failure_threshold(1);
            static BUDGET: RetryBudget = RetryBudget::new("panics").ratio(0.001).min_retries(100);

            #[circuit_breaker(BREAKER)]
            #[retry(budget = BUDGET, $($settings)*)]
            fn blocking(first: First, $attempts: &Cell<u32>) -> Outcome {
                body(first, $attempts)
            }

            #[deadline("1h")]
            #[circuit_breaker(BREAKER)]
            #[retry(budget = BUDGET, $($settings)*)]
            async fn awaited(first: First, $attempts: &Cell<u32>) -> Outcome {
                body(first, $attempts)
            }

            /// Twice, in which the function panics and the next call does not.
            pub(super) fn check(first: First) {
                virtually(|clock| {
                    half_open(&BREAKER);
                    clock.advance(RECOVERY);
                    panics(|attempts| drop(blocking(first, attempts)), &BREAKER, &BUDGET);
                    assert!(matches!(blocking(Ok(7), &Cell::new(1)), Ok(7)));
                });
                paused(async {
                    half_open(&BREAKER);
                    tokio::time::advance(RECOVERY).await;
                    panics(|attempts| drop(polled_once(awaited(first, attempts))), &BREAKER, &BUDGET);
                    assert!(matches!(awaited(Ok(7), &Cell::new(1)).await, Ok(7)));
                });
            }
        }
    };
}

const RECOVERY: Duration = Duration::from_secs(30);

/// The next call is a probe, after the time of recovery: it has a place to give back.
fn half_open(breaker: &CircuitBreaker) {
    breaker.reset();
    assert!(breaker.call(|| Err::<(), _>(Fault(Touchy::Nowhere))).is_err());
}

fn polled_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn panics(call: impl FnOnce(&Cell<u32>), breaker: &CircuitBreaker, budget: &RetryBudget) {
    assert_eq!(breaker.state(), CircuitState::HalfOpen);
    let attempts = Cell::new(0);
    let payload = catch_unwind(AssertUnwindSafe(|| call(&attempts))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"boom"));
    assert!(attempts.get() <= 1);
    assert_eq!(breaker.snapshot().probes_in_flight, 0, "its place is back");
    assert_eq!(budget.available(), 100, "its token, too");
    assert_eq!(remaining(), None, "and its thread is bounded no more");
    breaker.reset();
}

guarded!(when(attempts): when = |_| boom());
guarded!(until(attempts): until = |value| if *value == 1 { boom() } else { true });
guarded!(setting(attempts): base_delay = if attempts.get() == 0 { boom() } else { RECOVERY });
guarded!(plain(attempts): base_delay = "1s");

#[test]
fn a_predicate_or_a_setting_that_panics_takes_nothing_with_it() {
    when::check(Err(Touchy::Nowhere));
    until::check(Ok(1));
    setting::check(Err(Touchy::Nowhere));
}

#[test]
fn a_body_that_panics_takes_nothing_with_it_and_is_not_tried_again() {
    plain::check(Err(Touchy::Made));
}

#[test]
fn an_error_that_panics_takes_nothing_with_it() {
    let (_events, _guard) = Events::collect();
    for touchy in [Touchy::Judged, Touchy::Shown, Touchy::Dropped] {
        plain::check(Err(touchy));
    }
}

#[test]
fn a_subscriber_that_panics_takes_nothing_with_it() {
    struct Brittle;
    impl<S: tracing::Subscriber> Layer<S> for Brittle {
        fn on_event(&self, event: &tracing::Event<'_>, _: layer::Context<'_, S>) {
            if event.metadata().fields().field("delay_s").is_some() {
                boom()
            }
        }
    }
    Events::keep_listening();
    let subscriber = tracing_subscriber::registry().with(Brittle);
    tracing::subscriber::with_default(subscriber, || plain::check(Err(Touchy::Nowhere)));
}
