//! `Retry::call_async` on tokio's paused clock. What it shares with `call` is tested there.

use super::*;
use crate::BackoffShape;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn an_async_outcome_is_dropped_before_the_delay() {
    let start = tokio::time::Instant::now();
    let dropped_at = RefCell::new(Vec::new());
    let note = || dropped_at.borrow_mut().push(start.elapsed().as_secs());
    let retry = Retry::new().jitter(Jitter::None).when(|_: &Held<'_>| true);
    let outcome: Result<(), _> = retry.call_async(async || Err(Held(&note))).await;
    assert_eq!(*dropped_at.borrow(), [0, 1]);
    drop(outcome);
}

#[tokio::test(start_paused = true)]
async fn async_delays_take_the_timers_time_and_none_follows_the_last_attempt() {
    let start = tokio::time::Instant::now();
    let started = RefCell::new(Vec::new());
    let retry =
        Retry::new().backoff(BackoffShape::Constant).base_delay(HOUR).max_delay(HOUR).jitter(Jitter::None);
    let calls = Cell::new(0);
    let function = failing(RetryClassification::TRANSIENT, &calls);
    let outcome = retry
        .call_async(async || {
            started.borrow_mut().push(start.elapsed().as_secs());
            tokio::task::yield_now().await;
            function()
        })
        .await;
    assert_eq!(outcome.unwrap_err().attempt, 3);
    assert_eq!(*started.borrow(), [0, 3600, 7200]);
    assert_eq!(start.elapsed().as_secs(), 7200);
}

#[tokio::test(start_paused = true)]
async fn dropping_an_async_retry_in_an_attempt_or_a_delay_ends_it() {
    for (limit, calls_made) in [(SECOND / 2, 1), (SECOND * 3 / 2, 1), (SECOND * 5 / 2, 2)] {
        let calls = Cell::new(0);
        let retry = Retry::new().max_attempts(9).backoff(BackoffShape::Constant).jitter(Jitter::None);
        let call = retry.call_async(async || {
            calls.set(calls.get() + 1);
            tokio::time::sleep(SECOND).await;
            Err::<(), _>(io::Error::from(io::ErrorKind::ConnectionReset))
        });
        tokio::time::timeout(limit, call).await.unwrap_err();
        tokio::time::sleep(HOUR).await;
        assert_eq!(calls.get(), calls_made, "{limit:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn async_when_and_until_mean_the_same() {
    let calls = Cell::new(0);
    let retry = Retry::new().max_attempts(9).when(|_: &Refusal| true).until(|value: &u32| *value == 5);
    let outcome = retry
        .call_async(async || {
            calls.set(calls.get() + 1);
            let kind = RetryClassification::Permanent;
            if calls.get() < 3 { Err(Refusal { attempt: calls.get(), kind }) } else { Ok(calls.get()) }
        })
        .await;
    assert_eq!(outcome, Ok(5));
}
