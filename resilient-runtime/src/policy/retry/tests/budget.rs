//! What a budget lets through over many calls, and that however a call ends, the tokens add up.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::error::TimeoutError;
use crate::testing::VirtualClock;
use crate::{Retry, Retryable};

/// An error as it comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Lost,
    Late,
    Refused,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

static LATE: TimeoutError = TimeoutError { operation: "late", limit: SECOND };

impl Retryable for Fault {
    fn retry_classification(&self) -> RetryClassification {
        match self {
            Self::Refused => RetryClassification::Permanent,
            Self::Lost | Self::Late => RetryClassification::TRANSIENT,
        }
    }

    fn __resilient_inner(&self) -> Option<&(dyn std::error::Error + 'static)> {
        (*self == Self::Late).then_some(&LATE)
    }
}

fn leaked(budget: RetryBudget) -> &'static RetryBudget {
    Box::leak(Box::new(budget))
}

fn retry(budget: &'static RetryBudget, max_attempts: u32) -> Retry {
    Retry::new().max_attempts(max_attempts).backoff(BackoffShape::None).budget(budget)
}

/// How often a function that always fails is run in so many calls.
fn runs(retry: &Retry, calls: u32) -> u32 {
    let runs = Cell::new(0);
    for _ in 0..calls {
        let outcome = retry.call(|| {
            runs.set(runs.get() + 1);
            Err::<(), _>(Fault::Lost)
        });
        assert_eq!(outcome, Err(Fault::Lost));
    }
    runs.get()
}

#[test]
fn where_every_call_fails_the_retries_are_the_ratio_of_the_calls_and_what_the_bucket_held() {
    for (ratio, min_retries, calls, retries) in [
        (0.1, 10, 1000, 110),
        (0.2, 1, 1000, 201),
        (1.0 / 3.0, 5, 3000, 1004),
        (0.07, 10, 10_000, 710),
        (0.001, 1, 5000, 6),
        (1.0, 3, 100, 103),
        (2.5, 20, 200, 520),
    ] {
        let budget = leaked(RetryBudget::new("exact").ratio(ratio).min_retries(min_retries));
        assert_eq!(budget.available(), u64::from(min_retries));
        assert_eq!(runs(&retry(budget, 100), calls), calls + retries, "{ratio}");
    }
}

#[test]
fn a_first_attempt_is_never_held_back_and_an_empty_bucket_ends_a_call_at_once() {
    let clock = VirtualClock::install();
    let budget = leaked(RetryBudget::new("empty").ratio(0.001).min_retries(1));
    let retry = Retry::new().max_attempts(3).jitter(Jitter::None).budget(budget);
    assert_eq!((runs(&retry, 1), clock.sleeps().len()), (2, 1), "one token, one retry");
    assert_eq!((runs(&retry, 100), clock.sleeps().len()), (100, 1));
}

#[test]
fn a_drained_bucket_fills_again_with_calls_that_succeed_and_never_above_what_it_holds() {
    let budget = leaked(RetryBudget::new("refilled").ratio(0.1).min_retries(5));
    let retry = retry(budget, 100);
    runs(&retry, 1);
    assert_eq!(budget.available(), 0);
    for (calls, available) in [(8, 0), (1, 1), (10, 2), (1000, 5)] {
        for _ in 0..calls {
            retry.call(|| Ok::<_, Fault>(())).unwrap();
        }
        assert_eq!(budget.available(), available, "after {calls} more");
    }
    runs(&retry, 1);
    budget.refill();
    assert_eq!(budget.available(), 5);
}

#[test]
fn one_budget_is_drained_without_another_and_shared_by_all_that_name_it() {
    let [one, other] = [(); 2].map(|()| leaked(RetryBudget::new("same name").min_retries(3)));
    assert_eq!(runs(&retry(one, 100), 1), 4);
    assert_eq!(runs(&retry(one, 50), 1), 1, "another retry, the same bucket");
    assert_eq!(runs(&retry(other, 100), 1), 4);
}

/// The bucket of the AWS SDKs: 500, a retry takes 5 and after a timeout 10.
#[test]
fn by_aws_standard_retries_cost_five_timeouts_ten_and_successes_pay_back() {
    let budget = leaked(RetryBudget::aws_standard("aws"));
    let retry = retry(budget, 3);
    let tokens = || budget.balance() / 1_000_000_000;
    let call = |outcomes: &[Result<(), Fault>]| {
        let mut outcomes = outcomes.iter().copied();
        let _ = retry.call(|| outcomes.next().unwrap());
        tokens()
    };
    assert_eq!((tokens(), budget.available()), (500, 100));
    assert_eq!(call(&[Ok(())]), 500, "full");
    assert_eq!(call(&[Err(Fault::Lost), Err(Fault::Lost), Err(Fault::Lost)]), 490);
    assert_eq!(call(&[Err(Fault::Late), Err(Fault::Lost), Err(Fault::Lost)]), 475);
    assert_eq!(call(&[Ok(())]), 476);
    assert_eq!(call(&[Err(Fault::Lost), Ok(())]), 476, "paid back");
    assert_eq!(call(&[Err(Fault::Lost), Err(Fault::Late), Ok(())]), 471, "what the last retry took");
    assert_eq!(call(&[Err(Fault::Refused)]), 471);
    assert_eq!(runs(&retry, 100), 100 + 94);
    assert_eq!((tokens(), budget.available()), (1, 0));
}

/// A plain count of the same bucket.
struct Model {
    balance: u64,
    capacity: u64,
    per_call: u64,
}

impl Model {
    fn call(&mut self) {
        self.balance = (self.balance + self.per_call).min(self.capacity + self.per_call);
    }

    fn retry(&mut self) -> bool {
        let affords = self.balance >= 1_000_000_000;
        self.balance -= if affords { 1_000_000_000 } else { 0 };
        affords
    }
}

#[test]
fn however_a_call_ends_the_tokens_add_up() {
    let _clock = VirtualClock::install();
    for seed in 0..200 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let (percent, min_retries) = (dice.u64(1..150), dice.u32(1..20));
        #[allow(clippy::cast_precision_loss)]
        let budget = leaked(RetryBudget::new("model").ratio(percent as f64 / 100.0).min_retries(min_retries));
        let capacity = u64::from(min_retries) * 1_000_000_000;
        let mut model = Model { balance: capacity, capacity, per_call: percent * 10_000_000 };
        let retry = retry(budget, dice.u32(1..6));
        for call in 0..100 {
            model.call();
            let mut attempt = 0;
            let function = || {
                attempt += 1;
                if attempt > 1 {
                    assert!(model.retry(), "{seed}/{call}: a retry that the model has no token for");
                }
                match dice.u32(0..10) {
                    0..6 => Err(Fault::Lost),
                    6 => Err(Fault::Refused),
                    7 => resume_unwind(Box::new(())),
                    _ => Ok(()),
                }
            };
            let outcome = catch_unwind(AssertUnwindSafe(|| retry.call(function)));
            if matches!(outcome, Ok(Err(Fault::Lost))) && attempt < retry.config().max_attempts {
                assert!(!model.retry(), "{seed}/{call}: given up with a token left");
            }
            assert_eq!(budget.balance(), model.balance, "{seed}/{call}");
        }
    }
}

#[test]
fn threads_that_fail_together_get_no_more_tokens_than_there_are() {
    for _ in 0..50 {
        let budget = leaked(RetryBudget::new("threads").ratio(0.2).min_retries(50));
        let ran = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| ran.fetch_add(runs(&retry(budget, 100), 50), Ordering::Relaxed));
            }
        });
        // While the bucket is full, what a call puts in is lost.
        let most = 8 * 50 + 50 + 80;
        assert!((most - 10..=most).contains(&ran.into_inner()));
        assert_eq!(budget.available(), 0);
    }
}

#[cfg(feature = "tokio")]
mod awaited {
    use std::sync::Arc;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// Those that are still waiting for their delay are counted.
    #[tokio::test(start_paused = true)]
    async fn a_thousand_calls_that_fail_at_once_get_their_share_of_retries_and_no_more() {
        let budget = leaked(RetryBudget::new("at once").ratio(0.2).min_retries(10));
        let retry: &'static Retry = Box::leak(Box::new(Retry::new().max_attempts(2).budget(budget)));
        let retries = Arc::new(AtomicU32::new(0));
        let (mut calls, on_this_thread) = (tokio::task::JoinSet::new(), tokio::task::LocalSet::new());
        for _ in 0..1000 {
            let retries = Arc::clone(&retries);
            calls.spawn_local_on(
                async move {
                    let mut attempt = 0;
                    retry
                        .call_async(async || {
                            attempt += 1;
                            retries.fetch_add(u32::from(attempt > 1), Ordering::Relaxed);
                            Err::<(), _>(Fault::Lost)
                        })
                        .await
                },
                &on_this_thread,
            );
        }
        on_this_thread.await;
        let retries = retries.load(Ordering::Relaxed);
        assert!((209..=210).contains(&retries), "{retries}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_dropped_in_its_delay_puts_its_token_back_and_one_that_is_dropped_later_does_not()
    {
        let budget = leaked(RetryBudget::new("dropped").ratio(0.001).min_retries(10));
        let retry = Retry::new().base_delay(HOUR).max_delay(HOUR).jitter(Jitter::None).budget(budget);
        let call = async |waits: Duration| {
            let call = retry.call_async(async || {
                tokio::time::sleep(SECOND).await;
                Err::<(), _>(Fault::Lost)
            });
            tokio::time::timeout(waits, call).await.unwrap_err();
            budget.available()
        };
        assert_eq!(call(SECOND / 2).await, 10, "in the first attempt");
        assert_eq!(call(HOUR).await, 10, "in the delay");
        assert_eq!(call(HOUR + SECOND * 3 / 2).await, 9, "in the second attempt");
        assert_eq!(call(HOUR * 2).await, 8, "in the delay after it");
    }
}
