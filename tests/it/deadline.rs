//! `#[deadline]` from the outside, sync and async: what it bounds, what it tells, and who sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient::testing::ClockHandle;
use resilient::{Served, circuit, circuit_breaker, deadline, fallback, remaining, retry, timeout};

use crate::support::{Events, Fault, Service, Step, paused, virtually};

const SECOND: Duration = Duration::from_secs(1);

#[deadline(secs = 10, operation = "report")]
async fn hangs() -> Result<(), Fault> {
    std::future::pending().await
}

#[test]
fn the_running_attempt_is_bounded_without_a_timeout() {
    paused(async {
        let (events, _guard) = Events::collect();
        let started = tokio::time::Instant::now();
        let Err(Fault::Timeout(error)) = hangs().await else { panic!("no timeout") };
        assert_eq!(error.to_string(), "report timed out after 10s");
        assert_eq!(started.elapsed(), SECOND * 10);
        assert_eq!(events.names(), ["timeout"]);
    });
}

#[deadline(secs = 10)]
#[retry(max_attempts = 5, base_delay = "4s", backoff = constant, jitter = none)]
async fn retried(service: &Service) -> Result<u32, Fault> {
    service.call_async().await
}

#[test]
fn a_delay_that_would_outlast_the_deadline_is_not_begun() {
    paused(async {
        let (events, _guard) = Events::collect();
        let started = tokio::time::Instant::now();
        let service = Service::new(&[Step::Fail], None);
        let outcome = retried(&service).await;
        assert!(matches!(outcome, Err(Fault::Connect(_))), "the last real error, not a timeout");
        assert_eq!(
            (service.calls(), started.elapsed()),
            (3, SECOND * 8),
            "at 0, 4 and 8 s; 12 s would be too late"
        );
        assert_eq!(events.named("retry_exhausted")[0].field("reason"), "deadline");
    });
}

#[test]
fn a_hint_beyond_the_deadline_ends_the_retrying() {
    #[deadline(secs = 10)]
    #[retry]
    async fn hinted(calls: &AtomicU32) -> Result<(), Fault> {
        calls.fetch_add(1, Ordering::SeqCst);
        Err(Fault::Busy { retry_after: Some(SECOND * 60) })
    }
    paused(async {
        let calls = AtomicU32::new(0);
        let started = tokio::time::Instant::now();
        assert!(matches!(hinted(&calls).await, Err(Fault::Busy { .. })));
        assert_eq!((calls.load(Ordering::SeqCst), started.elapsed()), (1, Duration::ZERO));
    });
}

#[test]
fn attempts_and_delays_and_the_running_attempt_count_together() {
    paused(async {
        let started = tokio::time::Instant::now();
        let service = Service::new(&[Step::Fail, Step::Hang], None);
        assert!(
            matches!(retried(&service).await, Err(Fault::Timeout(error)) if error.operation == "retried")
        );
        assert_eq!((service.calls(), started.elapsed()), (2, SECOND * 10));
    });
}

#[test]
fn a_result_at_the_deadline_wins() {
    #[deadline("2s")]
    async fn just_in_time() -> Result<u32, Fault> {
        tokio::time::sleep(SECOND * 2).await;
        Ok(1)
    }
    paused(async { assert!(matches!(just_in_time().await, Ok(1))) });
}

#[deadline(secs = 10)]
async fn outer(service: &Service) -> Result<u32, Fault> {
    assert_eq!(remaining(), Some(SECOND * 10));
    tokio::time::sleep(SECOND * 3).await;
    assert_eq!(remaining(), Some(SECOND * 7));
    inner(service).await
}

#[retry(max_attempts = 5, base_delay = "5s", backoff = constant, jitter = none)]
async fn inner(service: &Service) -> Result<u32, Fault> {
    service.call_async().await
}

#[deadline(secs = 60)]
async fn patient() -> Result<Option<Duration>, Fault> {
    Ok(remaining())
}

#[test]
fn nested_calls_see_what_remains() {
    paused(async {
        assert_eq!(remaining(), None);
        let service = Service::new(&[Step::Fail], None);
        let started = tokio::time::Instant::now();
        assert!(matches!(outer(&service).await, Err(Fault::Connect(_))));
        assert_eq!(
            (service.calls(), started.elapsed()),
            (2, SECOND * 8),
            "at 3 and 8 s; 13 s would be too late"
        );
        assert_eq!(remaining(), None, "and nobody else does");
        // The tighter of two holds.
        let nested = resilient::deadline(SECOND, "outer", async { patient().await });
        assert!(matches!(nested.await, Ok(Ok(Some(left))) if left == SECOND));
    });
}

#[deadline(secs = 10)]
#[circuit_breaker(name = "deadline::breaker", failure_threshold = 1)]
async fn guarded(service: &Service) -> Result<u32, Fault> {
    service.call_async().await
}

#[test]
fn a_call_that_the_deadline_ends_is_a_failure_to_its_breaker() {
    paused(async {
        let service = Service::new(&[Step::Hang], None);
        assert!(matches!(guarded(&service).await, Err(Fault::Timeout(_))));
        assert!(matches!(guarded(&service).await, Err(Fault::CircuitOpen(_))));
        circuit("deadline::breaker").unwrap().reset();
        // While one that its caller gives up counts neither way.
        assert!(tokio::time::timeout(SECOND, guarded(&service)).await.is_err());
        assert_eq!(circuit("deadline::breaker").unwrap().state().to_string(), "closed");
    });
}

#[fallback(default = 7)]
#[deadline(secs = 21)]
#[circuit_breaker(name = "deadline::full")]
#[retry(max_attempts = 3, base_delay = "1s", jitter = none)]
#[timeout(secs = 6)]
async fn full(service: &Service) -> Result<Served<u32>, Fault> {
    Ok(service.call_async().await?.into())
}

#[test]
fn the_full_stack_fits_into_its_deadline() {
    paused(async {
        let (events, _guard) = Events::collect();
        let started = tokio::time::Instant::now();
        let service = Service::new(&[Step::Hang], None);
        assert!(full(&service).await.unwrap().is_degraded());
        assert_eq!(started.elapsed(), SECOND * 21);
        assert_eq!(
            events.names(),
            ["timeout", "retry", "timeout", "retry", "timeout", "retry_exhausted", "degraded"]
        );
    });
}

#[deadline(secs = 10, operation = "whole call")]
#[retry(max_attempts = 5, base_delay = "4s", backoff = constant, jitter = none)]
fn blocking(service: Service) -> Result<u32, Fault> {
    service.call()
}

#[deadline(secs = 13)]
#[retry(max_attempts = 2, base_delay = "1s", jitter = none)]
#[timeout(secs = 6)]
fn blocking_attempts(clock: ClockHandle, calls: Arc<AtomicU32>) -> Result<Option<Duration>, Fault> {
    if calls.fetch_add(1, Ordering::SeqCst) == 0 {
        clock.advance(SECOND * 7);
    }
    Ok(remaining())
}

#[test]
fn sync_calls_are_bounded_alike() {
    virtually(|clock| {
        let service = Service::new(&[Step::Fail], Some(clock.handle()));
        assert!(matches!(blocking(service.clone()), Err(Fault::Connect(_))));
        assert_eq!((service.calls(), clock.elapsed()), (3, SECOND * 8));
    });
    virtually(|clock| {
        let service = Service::new(&[Step::Fail, Step::Hang], Some(clock.handle()));
        let Err(Fault::Timeout(error)) = blocking(service.clone()) else { panic!("no timeout") };
        assert_eq!((error.operation, error.limit, service.calls()), ("whole call", SECOND * 10, 2));
        assert_eq!(remaining(), None);
    });
    virtually(|clock| {
        // The first attempt takes 7 s and is refused, then a second of delay: 5 of 13 s are left, and the
        // attempt has less than its own limit.
        let left = blocking_attempts(clock.handle(), Arc::default()).unwrap();
        assert_eq!(left, Some(SECOND * 5));
    });
}

#[test]
fn a_sync_body_that_hangs_is_left_at_the_deadline() {
    #[deadline(ms = 30)]
    fn hangs() -> Result<(), Fault> {
        // Real time is the subject here.
        std::thread::sleep(Duration::from_millis(300));
        Ok(())
    }
    let started = std::time::Instant::now();
    assert!(matches!(hangs(), Err(Fault::Timeout(_))));
    assert!(started.elapsed() < Duration::from_millis(250));
}

#[test]
fn a_deadline_of_zero_at_run_time_is_defined() {
    struct Client(Duration);
    impl Client {
        #[deadline(self.0)]
        async fn waits(&self) -> Result<(), Fault> {
            std::future::pending().await
        }
        #[deadline(self.0)]
        fn blocks(self: Arc<Self>) -> Result<(), Fault> {
            Ok(())
        }
    }
    paused(async {
        assert!(matches!(Client(Duration::ZERO).waits().await, Err(Fault::Timeout(_))));
        let endless = tokio::time::timeout(SECOND, async { Client(Duration::MAX).waits().await });
        assert!(endless.await.is_err(), "it has not fired");
    });
    assert!(matches!(Arc::new(Client(Duration::ZERO)).blocks(), Err(Fault::Timeout(_))));
    assert!(Arc::new(Client(Duration::MAX)).blocks().is_ok());
}
