//! `with_config`: the numbers of every retry of the trait in one place, and what stays the method's.

use std::time::Duration;

use resilient::{Jitter, RetryBudget, RetryConfig, decorator, retry};

use crate::support::{Fault, virtually};

static BUDGET: RetryBudget = RetryBudget::new("config::budget").ratio(0.1).min_retries(2);

/// Retried in many ways.
#[decorator(Retrying)]
trait Flaky: Clone {
    #[retry(max_attempts = 7, base_delay = "9s")]
    fn written(&mut self) -> Result<u32, Fault>;
    #[retry(config = RetryConfig { max_attempts: 9, ..RetryConfig::default() })]
    fn given(&mut self) -> Result<u32, Fault>;
    #[retry(max_attempts = 8, base_delay = Duration::from_secs(limit))]
    fn evaluated(&mut self, limit: u64) -> Result<u32, Fault>;
    #[retry(max_attempts = 6)]
    fn value(self, calls: &mut u32) -> Result<u32, Fault>;
    #[retry(max_attempts = 4)]
    fn nobodys(calls: &mut u32) -> Result<u32, Fault>;
    #[retry(on = Fault::Refused, max_attempts = 2)]
    fn selected(&mut self) -> Result<u32, Fault>;
    #[retry(until = |value| *value > 4, max_attempts = 2)]
    fn judged(&mut self) -> u32;
    #[retry(budget = BUDGET, max_attempts = 2)]
    fn within(&mut self) -> Result<u32, Fault>;
    /// Not retried.
    fn plain(&mut self) -> Result<u32, Fault>;
}

/// Counts the calls, all of which fail.
#[derive(Clone, Default)]
struct Fails(u32);

impl Fails {
    fn again(&mut self) -> Result<u32, Fault> {
        self.0 += 1;
        Err(Fault::connect())
    }
}

impl Flaky for Fails {
    fn written(&mut self) -> Result<u32, Fault> {
        self.again()
    }

    fn given(&mut self) -> Result<u32, Fault> {
        self.again()
    }

    fn evaluated(&mut self, _: u64) -> Result<u32, Fault> {
        self.again()
    }

    fn value(self, calls: &mut u32) -> Result<u32, Fault> {
        *calls += 1;
        Err(Fault::connect())
    }

    fn nobodys(calls: &mut u32) -> Result<u32, Fault> {
        *calls += 1;
        Err(Fault::connect())
    }

    fn selected(&mut self) -> Result<u32, Fault> {
        self.0 += 1;
        if self.0 == 3 { Err(Fault::connect()) } else { Err(Fault::Refused("no".into())) }
    }

    fn judged(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }

    fn within(&mut self) -> Result<u32, Fault> {
        self.again()
    }

    fn plain(&mut self) -> Result<u32, Fault> {
        self.again()
    }
}

/// How often it is called until the method ends, with that config and with what is written.
fn calls<T>(config: Option<RetryConfig>, method: impl FnOnce(&mut Retrying<Fails>) -> T) -> u32 {
    let mut wrapper = match config {
        Some(config) => Retrying::with_config(Fails::default(), config),
        None => Retrying::new(Fails::default()),
    };
    let _ = method(&mut wrapper);
    wrapper.into_inner().0
}

const FIVE: RetryConfig = RetryConfig {
    max_attempts: 5,
    base_delay: Duration::from_secs(1),
    max_delay: Duration::from_secs(3),
    jitter: Jitter::None,
    backoff: resilient::BackoffShape::Exponential,
    multiplier: 2.0,
    max_retry_after: Duration::from_secs(60),
};

#[test]
fn its_numbers_are_those_of_every_retry() {
    virtually(|clock| {
        for (written, method) in [
            (7, (|one| one.written().ok()) as fn(&mut Retrying<Fails>) -> Option<u32>),
            (9, |one| one.given().ok()),
            (8, |one| one.evaluated(1).ok()),
        ] {
            assert_eq!(calls(None, method), written);
            let before = clock.sleeps().len();
            assert_eq!(calls(Some(FIVE), method), 5);
            let waits: Vec<u64> = clock.sleeps()[before..].iter().map(Duration::as_secs).collect();
            assert_eq!(waits, [1, 2, 3, 3]);
        }
        let by_value = |wrapper: Retrying<Fails>| {
            let mut calls = 0;
            assert!(wrapper.value(&mut calls).is_err());
            calls
        };
        assert_eq!(by_value(Retrying::new(Fails::default())), 6);
        assert_eq!(by_value(Retrying::with_config(Fails::default(), FIVE)), 5);
        assert_eq!(calls(Some(FIVE), Flaky::plain), 1);
    });
}

#[test]
fn without_self_there_is_no_config() {
    virtually(|_| {
        let mut calls = 0;
        assert!(Retrying::<Fails>::nobodys(&mut calls).is_err());
        assert_eq!(calls, 4);
    });
}

#[test]
fn what_is_no_number_stays_the_methods() {
    virtually(|_| {
        assert_eq!(calls(Some(FIVE), Flaky::selected), 3, "what `on` does not select ends it");
        assert_eq!(calls(Some(FIVE), |one| assert_eq!(one.judged(), 5)), 5);
        assert_eq!(calls(Some(FIVE), Flaky::within), 3, "the budget has two tokens");
    });
}

#[test]
fn numbers_without_a_meaning_count_as_the_nearest() {
    virtually(|clock| {
        let with = |config| calls(Some(config), Flaky::written);
        assert_eq!(with(RetryConfig { max_attempts: 0, ..FIVE }), 1);
        assert_eq!(with(RetryConfig { max_attempts: u32::MAX, ..FIVE }), 100);
        let senseless = RetryConfig {
            max_attempts: 3,
            base_delay: Duration::MAX,
            max_delay: Duration::ZERO,
            jitter: Jitter::Ratio(f64::NAN),
            multiplier: f64::NEG_INFINITY,
            ..FIVE
        };
        let before = clock.sleeps().len();
        assert_eq!(with(senseless), 3);
        assert!(clock.sleeps()[before..].iter().all(Duration::is_zero));
    });
}

/// Asked without waiting.
#[decorator(RetryingAsync)]
trait Asked {
    #[retry]
    async fn ask(&self, text: String) -> Result<usize, Fault>;
}

struct Length;

impl Asked for Length {
    async fn ask(&self, text: String) -> Result<usize, Fault> {
        tokio::task::yield_now().await;
        Ok(text.len())
    }
}

/// The same by hand.
struct ByHand<A>(A);

impl<A: Asked> ByHand<A> {
    #[retry]
    async fn ask(&self, text: String) -> Result<usize, Fault> {
        self.0.ask(text).await
    }
}

#[tokio::test]
async fn a_call_carries_no_config_along() {
    let (wrapper, by_hand) = (RetryingAsync::with_config(Length, FIVE), ByHand(Length));
    let (ours, theirs) = (wrapper.ask("abc".into()), by_hand.ask("abc".into()));
    assert_eq!(size_of_val(&ours), size_of_val(&theirs));
    assert_eq!((ours.await.ok(), theirs.await.ok()), (Some(3), Some(3)));
}

/// Only a trait with a retry has a place for it.
#[test]
fn what_is_not_used_is_not_there() {
    const WRAPPER: RetryingAsync<Length> = RetryingAsync::with_config(Length, FIVE);
    assert_eq!(size_of::<super::policies::WithoutRetry<u8>>(), size_of::<u8>());
    assert!(matches!(WRAPPER.inner(), Length));
}
