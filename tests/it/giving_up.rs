//! When a call gives up, and what it says then: at once where another attempt is not worth it, is not paid for
//! or would come too late; with the error of its last attempt, as it was; and what went before is told by events.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use resilient::testing::ClockHandle;
use resilient::{
    CircuitBreaker, CircuitOpenError, RetryBudget, RetryClassification, Retryable, circuit_breaker, deadline,
    retry,
};

use crate::support::{Event, Events, Fault, paused, virtually};

const SECOND: Duration = Duration::from_secs(1);

fn told(events: &Events, fields: &[&str]) -> Vec<Vec<String>> {
    let of = |event: &Event| {
        let fields = fields.iter().map(|field| event.field(field).to_owned());
        std::iter::once(event.name.clone()).chain(fields).collect()
    };
    events.all().iter().map(of).collect()
}

/// Half of the time is gone when it fails.
#[deadline(secs = 10)]
#[retry(base_delay = "30s", jitter = none)]
async fn fails_late() -> Result<(), Fault> {
    tokio::time::sleep(SECOND * 5).await;
    Err(Fault::connect())
}

#[deadline(secs = 10)]
#[retry(base_delay = "30s", jitter = none)]
fn fails_late_blocking(clock: ClockHandle) -> Result<(), Fault> {
    clock.advance(SECOND * 5);
    Err(Fault::connect())
}

#[test]
fn no_part_of_a_delay_is_slept_that_would_outlast_the_deadline() {
    let gives_up = [["retry_exhausted", "deadline", "1", "no connection"]];
    paused(async {
        let (events, _guard) = Events::collect();
        let started = tokio::time::Instant::now();
        assert!(matches!(fails_late().await, Err(Fault::Connect(_))));
        assert_eq!(started.elapsed(), SECOND * 5);
        assert_eq!(told(&events, &["reason", "attempt", "error"]), gives_up);
    });
    virtually(|clock| {
        let (events, _guard) = Events::collect();
        assert!(matches!(fails_late_blocking(clock.handle()), Err(Fault::Connect(_))));
        assert_eq!((clock.elapsed(), clock.sleeps()), (SECOND * 5, vec![]));
        assert_eq!(told(&events, &["reason", "attempt", "error"]), gives_up);
    });
}

#[test]
fn a_server_that_asks_for_more_and_more_time_gets_no_more_than_the_deadline() {
    #[deadline(secs = 60)]
    #[retry(max_attempts = 10, jitter = none)]
    async fn busy(hint: Duration, calls: &Cell<u32>) -> Result<(), Fault> {
        calls.set(calls.get() + 1);
        Err(Fault::Busy { retry_after: Some(hint) })
    }
    for (hint, calls, waited) in [(120, 1, 0), (60, 1, 0), (59, 2, 59), (20, 3, 40)] {
        paused(async {
            let (counted, started) = (Cell::new(0), tokio::time::Instant::now());
            assert!(matches!(busy(SECOND * hint, &counted).await, Err(Fault::Busy { .. })));
            assert_eq!((counted.get(), started.elapsed()), (calls, SECOND * waited), "{hint} s");
        });
    }
}

/// Neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("failure {0}")]
struct Numbered(u32);

#[test]
fn the_error_of_the_last_attempt_comes_back_and_the_events_tell_those_before() {
    #[retry(max_attempts = 3, base_delay = "2s", jitter = none, on = any)]
    async fn fails(runs: &mut u32) -> Result<(), Numbered> {
        *runs += 1;
        Err(Numbered(*runs))
    }
    #[retry(max_attempts = 3, base_delay = "2s", jitter = none, on = any)]
    fn fails_blocking(runs: &mut u32) -> Result<(), Numbered> {
        *runs += 1;
        Err(Numbered(*runs))
    }
    let in_order = [
        ["retry", "1", "2.0", "failure 1", ""],
        ["retry", "2", "4.0", "failure 2", ""],
        ["retry_exhausted", "3", "", "failure 3", "max_attempts"],
    ];
    let check = |outcome: Result<(), Numbered>, events: &Events| {
        assert_eq!(outcome, Err(Numbered(3)));
        assert_eq!(told(events, &["attempt", "delay_s", "error", "reason"]), in_order);
    };
    let (events, guard) = Events::collect();
    check(paused(async { fails(&mut 0).await }), &events);
    drop(guard);
    let (events, _guard) = Events::collect();
    check(virtually(|_| fails_blocking(&mut 0)), &events);
}

#[test]
fn the_real_error_before_a_call_that_the_deadline_ended_has_been_told() {
    #[deadline(secs = 10)]
    #[retry(max_attempts = 3, base_delay = "1s", jitter = none)]
    async fn fails_then_hangs(runs: &Cell<u32>) -> Result<(), Fault> {
        runs.set(runs.get() + 1);
        if runs.get() == 1 { Err(Fault::connect()) } else { std::future::pending().await }
    }
    paused(async {
        let (events, _guard) = Events::collect();
        let started = tokio::time::Instant::now();
        assert!(matches!(fails_then_hangs(&Cell::new(0)).await, Err(Fault::Timeout(_))));
        assert_eq!(started.elapsed(), SECOND * 10);
        let seen = [["retry", "no connection", ""], ["timeout", "", "10.0"]];
        assert_eq!(told(&events, &["error", "limit_s"]), seen);
    });
}

#[test]
fn a_failure_that_is_not_worth_another_attempt_ends_the_call_without_a_delay_or_a_word() {
    #[retry(max_attempts = 5, when = |_| false)]
    async fn fails(runs: &Cell<u32>) -> Result<(), Fault> {
        runs.set(runs.get() + 1);
        Err(Fault::connect())
    }
    #[retry(max_attempts = 5, when = |_| false)]
    fn fails_blocking(runs: &Cell<u32>) -> Result<(), Fault> {
        runs.set(runs.get() + 1);
        Err(Fault::connect())
    }
    let (events, _guard) = Events::collect();
    let runs = Cell::new(0);
    paused(async {
        let started = tokio::time::Instant::now();
        assert!(fails(&runs).await.is_err());
        assert_eq!((runs.get(), started.elapsed()), (1, Duration::ZERO));
    });
    virtually(|clock| {
        assert!(fails_blocking(&runs).is_err());
        assert_eq!((runs.get(), clock.sleeps()), (2, vec![]));
    });
    assert_eq!(events.names(), [] as [&str; 0]);
}

#[test]
fn errors_are_judged_by_when_alone_and_values_by_until_alone() {
    #[retry(
        max_attempts = 9,
        when = |_| { judged.0.set(judged.0.get() + 1); true },
        until = |run| { judged.1.set(judged.1.get() + 1); *run == 6 },
    )]
    fn alternates(runs: &Cell<u32>, judged: &(Cell<u32>, Cell<u32>)) -> Result<u32, Fault> {
        runs.set(runs.get() + 1);
        if runs.get() % 2 == 1 { Err(Fault::connect()) } else { Ok(runs.get()) }
    }
    virtually(|_| {
        let judged = Default::default();
        assert!(matches!(alternates(&Cell::new(0), &judged), Ok(6)));
        assert_eq!((judged.0.get(), judged.1.get()), (3, 3));
    });
}

static OPEN: CircuitBreaker = CircuitBreaker::new("giving_up::open");

#[circuit_breaker(OPEN)]
async fn refused() -> Result<(), Fault> {
    panic!("the circuit is open")
}

#[test]
fn an_open_circuit_refuses_a_retried_call_once_whoever_stands_above() {
    #[retry(max_attempts = 5)]
    async fn above() -> Result<(), Fault> {
        refused().await
    }
    #[retry(max_attempts = 5)]
    #[circuit_breaker(OPEN, per_attempt)]
    async fn per_attempt() -> Result<(), Fault> {
        panic!("the circuit is open")
    }
    paused(async {
        OPEN.force_open();
        let (events, _guard) = Events::collect();
        let started = tokio::time::Instant::now();
        assert!(matches!(above().await, Err(Fault::CircuitOpen(_))));
        assert!(matches!(per_attempt().await, Err(Fault::CircuitOpen(_))));
        assert_eq!(started.elapsed(), Duration::ZERO);
        // Of refusals that follow one another at once, only the first is told.
        assert_eq!(events.names(), ["circuit_rejected"]);
    });
}

/// An error type that would rather wait until the circuit lets a call through.
#[derive(Debug, thiserror::Error)]
enum Patient {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    CircuitOpen(#[from] CircuitOpenError),
}

impl Retryable for Patient {
    fn retry_classification(&self) -> RetryClassification {
        match self {
            Self::Lost => RetryClassification::Permanent,
            Self::CircuitOpen(error) => {
                RetryClassification::Transient { retry_after: Some(error.retry_after) }
            }
        }
    }
}

#[test]
fn an_error_type_may_ask_to_wait_for_an_open_circuit() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("giving_up::patient")
        .failure_threshold(1)
        .recovery_timeout(Duration::from_secs(40));
    #[retry(max_attempts = 5, jitter = none)]
    #[circuit_breaker(BREAKER, per_attempt)]
    async fn recovers(down: bool, runs: &Cell<u32>) -> Result<(), Patient> {
        runs.set(runs.get() + 1);
        if down { Err(Patient::Lost) } else { Ok(()) }
    }
    paused(async {
        let runs = Cell::new(0);
        assert!(matches!(recovers(true, &runs).await, Err(Patient::Lost)));
        tokio::time::sleep(SECOND * 15).await;
        let started = tokio::time::Instant::now();
        recovers(false, &runs).await.unwrap();
        assert_eq!((runs.get(), started.elapsed()), (2, SECOND * 25));
    });
}

static EMPTY: RetryBudget = RetryBudget::new("giving_up::empty").ratio(0.001).min_retries(1);

#[test]
fn first_attempts_run_at_once_also_while_the_budget_is_empty() {
    #[retry(max_attempts = 3, budget = EMPTY)]
    async fn fails(started: &RefCell<Vec<tokio::time::Instant>>) -> Result<(), Fault> {
        started.borrow_mut().push(tokio::time::Instant::now());
        Err(Fault::connect())
    }
    paused(async {
        assert!(fails(&RefCell::default()).await.is_err());
        assert_eq!(EMPTY.available(), 0);
        let (started, began) = (RefCell::default(), tokio::time::Instant::now());
        for _ in 0..100 {
            assert!(fails(&started).await.is_err());
        }
        assert_eq!(started.into_inner(), [began; 100]);
    });
}
