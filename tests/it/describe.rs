//! What `describe!` gives: the settings that hold, whatever shape the function has.

use std::time::Duration;

use resilient::{
    BackoffShape, CircuitBreaker, Description, Jitter, KeyedCircuitBreaker, NestedRetry, RetryBudget,
    RetryConfig, Served, Tier, Window, circuit, circuit_breaker, deadline, describe, fallback, retry,
    timeout,
};

use crate::support::Fault;

const SECOND: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 7;
static SHARED: RetryBudget = RetryBudget::new("describe::shared");

#[fallback(default = 0, reason = "down", describe)]
#[deadline(secs = 400)]
#[circuit_breaker(name = "describe::full", failure_rate = 0.5, window = "10s", recovery_timeout = "60s")]
#[retry(max_attempts = 3, base_delay = "2s", budget = SHARED, nested = collapse)]
#[timeout(secs = 120, operation = "classification")]
async fn full(prompt: &str) -> Result<Served<usize>, Fault> {
    Ok(prompt.len().into())
}

#[test]
fn every_policy_of_a_stack_is_described_with_its_defaults() {
    let described = describe!(full);
    assert_eq!(described.function, "it::describe::full");
    let fallback = described.fallback.as_ref().unwrap();
    assert_eq!((fallback.tiers, fallback.reason), (&[Tier::Default][..], Some("down")));
    let deadline = described.deadline.as_ref().unwrap();
    assert_eq!((deadline.limit, deadline.operation), (Some(400 * SECOND), "full"));
    let timeout = described.timeout.as_ref().unwrap();
    assert_eq!((timeout.limit, timeout.operation), (Some(120 * SECOND), "classification"));

    let retry = described.retry.as_ref().unwrap();
    let config = RetryConfig { base_delay: 2 * SECOND, ..RetryConfig::default() };
    assert_eq!((retry.config, retry.at_each_call), (config, &[][..]));
    assert_eq!((retry.budget, retry.nested), (Some("describe::shared"), NestedRetry::Collapse));

    let breaker = described.circuit_breaker.as_ref().unwrap();
    assert_eq!((breaker.name.as_str(), breaker.failure_threshold), ("describe::full", None));
    assert_eq!((breaker.failure_rate, breaker.minimum_calls), (Some(0.5), Some(10)));
    assert_eq!(breaker.window, Some(Window::Time(10 * SECOND)));
    assert_eq!((breaker.slow_call, breaker.slow_call_rate), (None, None));
    assert_eq!((breaker.recovery_timeout, breaker.max_recovery_timeout), (60 * SECOND, 60 * SECOND));
    assert_eq!((breaker.half_open_max_calls, breaker.success_threshold), (1, 1));
    assert_eq!((breaker.probe_timeout, breaker.is_keyed, breaker.per_attempt), (None, false, false));

    let shown = described.to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "it::describe::full");
    assert!(lines[3].starts_with("3. circuit breaker: refuses calls for 1 min when 50 %"), "{shown}");
    assert_eq!(lines[5], "5. timeout: an attempt ends after 2 min");
    assert!(circuit("describe::full").is_none(), "to look is not to use");
}

/// Generic in itself, and of a generic type.
struct Client<T> {
    limit: Duration,
    inner: T,
}

static BREAKER: CircuitBreaker = CircuitBreaker::new("describe::static").failure_threshold(9);
static KEYED: KeyedCircuitBreaker = CircuitBreaker::new("describe::keyed").keyed();

impl<T: Clone> Client<T> {
    const DELAY: Duration = SECOND;

    #[circuit_breaker(BREAKER)]
    #[retry(max_attempts = ATTEMPTS, base_delay = Self::DELAY, backoff = linear, jitter = full, describe)]
    #[timeout(self.limit)]
    pub(crate) async fn find<U: Copy>(&self, _query: U) -> Result<T, Fault> {
        Ok(self.inner.clone())
    }

    #[circuit_breaker(KEYED, key = host, describe = true)]
    fn r#match(host: u32) -> Result<u32, Fault> {
        Ok(host)
    }

    #[retry(config = config, budget = 0.2, describe)]
    #[circuit_breaker(per_attempt)]
    fn configured(config: RetryConfig) -> Result<(), Fault> {
        Ok(())
    }
}

#[test]
fn methods_are_described_by_their_type() {
    let find: Description = describe!(Client::<u8>::find::<u8>);
    let retry = find.retry.unwrap();
    assert_eq!((retry.config.max_attempts, retry.config.backoff), (7, BackoffShape::Linear));
    assert_eq!((retry.config.jitter, retry.at_each_call), (Jitter::Full, &["base_delay"][..]));
    assert_eq!(find.timeout.unwrap().limit, None);
    let breaker = find.circuit_breaker.unwrap();
    assert_eq!((breaker.name.as_str(), breaker.failure_threshold), ("describe::static", Some(9)));

    let r#match = describe!(Client::<u8>::r#match);
    assert_eq!((r#match.function, r#match.retry), ("it::describe::match", None));
    let breaker = r#match.circuit_breaker.unwrap();
    assert!(breaker.is_keyed && breaker.name == "describe::keyed");

    let configured = describe!(Client::<u8>::configured);
    let retry = configured.retry.unwrap();
    assert_eq!((retry.at_each_call, retry.budget), (&["config"][..], Some("configured")));
    let breaker = configured.circuit_breaker.unwrap();
    assert!(breaker.per_attempt);
    // The name that its circuit has once it is used.
    Client::<u8>::configured(RetryConfig::default()).unwrap();
    assert!(circuit(&breaker.name).is_some(), "{}", breaker.name);
}

#[tokio::test]
async fn what_is_described_works_as_before() {
    assert_eq!(*full("four").await.unwrap(), 4);
    let client = Client { limit: SECOND, inner: 5 };
    assert_eq!(client.find("x").await.unwrap(), 5);
    assert_eq!(Client::<u8>::r#match(3).unwrap(), 3);
}
