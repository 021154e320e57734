//! Breakers around what is awaited: the function never waits, and is polled until it is done.

use std::cell::RefCell;
use std::future::{Ready, ready};
use std::sync::{LazyLock, Mutex, PoisonError};

use resilient::circuit_breaker;
use tower::util::ServiceFn;
use tower::{Layer as _, Service as _, service_fn};
use tower_resilience_circuitbreaker::{CircuitBreaker, CircuitBreakerLayer, DefaultClassifier};

use crate::subjects::{Error, SUCCEEDS, done, plain, work};

#[circuit_breaker(name = "async")]
async fn guarded(n: u64) -> Result<u64, Error> {
    work(n)
}

#[circuit_breaker(name = "async calls", failure_rate = 0.5, window = 100)]
async fn guarded_calls(n: u64) -> Result<u64, Error> {
    work(n)
}

type Guarded = CircuitBreaker<ServiceFn<fn(u64) -> Ready<Result<u64, Error>>>, DefaultClassifier>;

/// All its clones are one breaker.
static TOWER: LazyLock<Mutex<Guarded>> = LazyLock::new(|| {
    let layer = CircuitBreakerLayer::builder().failure_rate_threshold(0.5).sliding_window_size(100).build();
    let layer = layer.expect("settings that make sense");
    let service: fn(u64) -> Ready<Result<u64, Error>> = |n| ready(work(n));
    Mutex::new(layer.layer(service_fn(service)))
});

thread_local! {
    static OWN: RefCell<Guarded> = RefCell::new(TOWER.lock().unwrap_or_else(PoisonError::into_inner).clone());
}

fn tower(n: u64) -> bool {
    OWN.with_borrow_mut(|service| {
        done(async {
            let is_ready = std::future::poll_fn(|context| service.poll_ready(context)).await.is_ok();
            is_ready && service.call(n).await.is_ok()
        })
    })
}

subjects! {
    "async: the call alone", Success, false, |_| {}, SUCCEEDS, |n| done(plain(n));
    "async: `#[circuit_breaker]`", Success, true, |own| (own.calls)(1), SUCCEEDS, |n| done(guarded(n));
    "async: `#[circuit_breaker]`, window of calls", Success, true, |own| (own.calls)(100), SUCCEEDS, |n| done(guarded_calls(n));
    "async: tower-resilience", Success, false, |_| {}, SUCCEEDS, tower;
}
