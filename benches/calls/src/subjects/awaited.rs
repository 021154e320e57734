//! What is awaited: the function never waits, and is polled until it is done.

use std::cell::RefCell;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use resilient::circuit_breaker;
use tower::util::ServiceFn;
use tower::{Layer as _, Service as _, service_fn};
use tower_resilience_circuitbreaker::{CircuitBreaker, CircuitBreakerLayer, DefaultClassifier};

use super::{Error, work};

#[inline(always)]
fn done<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

async fn plain(n: u64) -> Result<u64, Error> {
    work(n)
}

#[circuit_breaker(name = "async")]
async fn guarded(n: u64) -> Result<u64, Error> {
    work(n)
}

#[circuit_breaker(name = "async calls", failure_rate = 0.5, window = 100)]
async fn guarded_calls(n: u64) -> Result<u64, Error> {
    work(n)
}

pub fn alone(n: u64) -> Result<u64, Error> {
    done(plain(n))
}

pub fn ours(n: u64) -> Result<u64, Error> {
    done(guarded(n))
}

pub fn ours_calls(n: u64) -> Result<u64, Error> {
    done(guarded_calls(n))
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

pub fn tower(n: u64) -> bool {
    OWN.with_borrow_mut(|service| {
        done(async {
            let is_ready = std::future::poll_fn(|context| service.poll_ready(context)).await.is_ok();
            is_ready && service.call(n).await.is_ok()
        })
    })
}
