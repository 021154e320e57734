//! A retry inside an attempt that is awaited: it is seen there at every poll, and nowhere else in
//! between.

use std::future::{Future, pending, poll_fn};
use std::mem::size_of_val;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::*;
use crate::nested::current;

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls to the end without a runtime.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
}

/// Waits once.
async fn yielding() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// A run whose second attempt is due.
fn second(retry: &Retry) -> RetryRun {
    let run = retry.failed_as(retry.start(), TRANSIENT.into(), Text::Name("the first"));
    assert!(run.goes_on());
    run
}

const fn named(name: &'static str) -> Retry {
    Retry::new().operation(name).backoff(BackoffShape::None)
}

#[test]
fn an_attempt_takes_eight_bytes() {
    let retry = named("n-size");
    let run = retry.start();
    let future = async { yielding().await };
    let size = size_of_val(&future);
    assert!(size_of_val(&run.attempt(future)) <= size + 8);
}

#[test]
fn a_name_holds_at_every_poll_from_the_second_attempt_on_and_not_in_between() {
    let retry = named("n-polls");
    let sees = |name| async move {
        for _ in 0..3 {
            assert_eq!(current(), name);
            yielding().await;
        }
        assert_eq!(current(), name);
    };
    let mut run = retry.start();
    for name in [None, Some("n-polls"), Some("n-polls")] {
        let mut attempt = pin!(run.attempt(sees(name)));
        let ((), tried) = loop {
            let polled = poll(attempt.as_mut());
            assert_eq!(current(), None);
            if let Poll::Ready(done) = polled {
                break done;
            }
        };
        run = retry.unsatisfied(tried);
    }
}

#[test]
fn a_retry_in_an_async_attempt_is_told_whether_it_waits_or_blocks() {
    async fn repeated_async(outer: &'static str, body: impl AsyncFn()) {
        let mut fails = fails_once();
        let call = async || {
            yielding().await;
            fails()?;
            body().await;
            Ok(())
        };
        retry(outer).call_async(call).await.unwrap();
    }
    async fn retried_async(name: &'static str) {
        let mut fails = fails_once();
        let call = async || {
            yielding().await;
            fails()
        };
        retry(name).call_async(call).await.unwrap();
    }
    let told = heard(|| {
        finish(repeated_async("n-async", async || retried_async("n-async-inner").await));
        finish(repeated_async("n-async", async || retried("n-sync-inner")));
        repeated("n-blocking", || finish(retried_async("n-async-inner")));
        finish(retried_async("n-async-alone"));
    });
    assert_eq!(
        told,
        [
            pair("n-async", "n-async-inner"),
            pair("n-async", "n-sync-inner"),
            pair("n-blocking", "n-async-inner"),
        ]
    );
}

#[test]
fn an_unrelated_future_polled_in_between_is_not_told() {
    let retry = named("n-interleaved");
    let run = second(&retry);
    let told = heard(|| {
        let mut attempt = pin!(run.attempt(pending::<()>()));
        for _ in 0..3 {
            assert!(poll(attempt.as_mut()).is_pending());
            retried("n-interleaved-other");
        }
    });
    assert_eq!(told, []);
}

#[tokio::test]
async fn a_task_that_an_attempt_spawns_is_on_its_own() {
    let (listener, heard) = listener(|| {});
    let _guard = tracing::dispatcher::set_default(&listener);
    let retry = named("n-spawned");
    let run = second(&retry);
    let spawns = async {
        tokio::spawn(async {
            assert_eq!(current(), None);
            retried("n-spawned-inner");
        })
        .await
    };
    run.attempt(spawns).await.0.unwrap();
    assert_eq!(pairs(&heard), []);
}

#[test]
fn neither_a_panic_nor_a_cancellation_leaves_a_name_behind() {
    let retry = named("n-async-panic");
    let run = second(&retry);
    let told = heard(|| {
        let panics = async {
            yielding().await;
            assert_eq!(current(), Some("n-async-panic"));
            resume_unwind(Box::new("boom"))
        };
        let panicked = catch_unwind(AssertUnwindSafe(|| finish(run.attempt::<_>(panics))));
        panicked.map(|((), _)| ()).unwrap_err();
        assert_eq!(current(), None);

        let mut cancelled = Box::pin(second(&retry).attempt(pending::<()>()));
        assert!(poll(cancelled.as_mut()).is_pending());
        drop(cancelled);
        assert_eq!(current(), None);
        retried("n-async-panic-next");
    });
    assert_eq!(told, []);
}

#[test]
fn an_attempt_may_change_threads() {
    let retry = named("n-moves");
    let run = second(&retry);
    let mut attempt = Box::pin(run.attempt(async {
        yielding().await;
        current()
    }));
    assert!(poll(attempt.as_mut()).is_pending());
    std::thread::scope(|scope| {
        let elsewhere = scope.spawn(move || (finish(attempt.as_mut()).0, current()));
        assert_eq!(elsewhere.join().unwrap(), (Some("n-moves"), None));
    });
}
