//! Retries inside retries, across functions: told once, with both names, and only where attempts multiply.

use resilient::{retry, timeout};

use crate::support::{Events, Fault, paused, virtually};

#[retry(max_attempts = 3)]
fn inner() -> Result<(), Fault> {
    Err(Fault::connect())
}

#[retry(max_attempts = 3)]
fn outer() -> Result<(), Fault> {
    inner()
}

#[test]
fn attempts_that_multiply_are_told_once_with_both_names() {
    virtually(|_| {
        let (events, _guard) = Events::collect();
        assert!(outer().is_err());
        assert!(outer().is_err());
        let told = events.named("nested_retry");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].field("outer"), told[0].field("inner")), ("outer", "inner"));
        let names = events.names();
        let first = names.iter().position(|name| name == "nested_retry").unwrap();
        assert_eq!(names[..first].iter().filter(|name| *name == "retry_exhausted").count(), 1, "{names:?}");
    });
}

#[retry(max_attempts = 2)]
async fn inner_async() -> Result<(), Fault> {
    Err(Fault::connect())
}

#[retry(max_attempts = 2)]
async fn outer_async() -> Result<(), Fault> {
    inner_async().await
}

#[test]
fn async_ones_too() {
    paused(async {
        let (events, _guard) = Events::collect();
        assert!(outer_async().await.is_err());
        let told = events.named("nested_retry");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].field("outer"), told[0].field("inner")), ("outer_async", "inner_async"));
    });
}

#[retry(max_attempts = 2)]
#[timeout(secs = 5)]
fn outer_on_a_worker() -> Result<(), Fault> {
    inner()
}

#[test]
fn a_retry_on_the_worker_of_a_sync_timeout_is_inside() {
    virtually(|_| {
        let (events, _guard) = Events::collect();
        assert!(outer_on_a_worker().is_err());
        let told = events.named("nested_retry");
        assert_eq!(told.iter().map(|event| event.field("outer")).collect::<Vec<_>>(), ["outer_on_a_worker"]);
    });
}

#[retry(max_attempts = 3)]
fn fails_once(calls: &mut u32) -> Result<(), Fault> {
    *calls += 1;
    if *calls == 2 { Ok(()) } else { Err(Fault::connect()) }
}

#[retry(max_attempts = 3)]
fn succeeds_at_first(calls: &mut u32) -> Result<(), Fault> {
    fails_once(calls)
}

#[test]
fn an_inner_retry_within_the_first_attempt_multiplies_nothing() {
    virtually(|_| {
        let (events, _guard) = Events::collect();
        succeeds_at_first(&mut 0).unwrap();
        assert_eq!(events.names(), ["retry"]);
    });
}
