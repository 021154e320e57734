//! What is refused in `fail/`, in the nearest form that is not; a section for each rule.
#![deny(warnings)]
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;

use resilient::{
    BackoffShape, CircuitBreaker, CircuitOpenError, Degradable, Degradation, Jitter, KeyedCircuitBreaker, Retry, Served, TimeoutError, Window,
    circuit_breaker, fallback, retry, timeout,
};
use resilient_ui_tests::Fault;

/// An error type that classifies nothing.
#[derive(Debug)]
pub struct Unclassified;

/// Retrying every error is written as such; or which, or when.
pub mod retry_all_errors {
    use super::*;

    #[retry(on = any)]
    pub fn written() -> Result<(), Unclassified> {
        Err(Unclassified)
    }

    #[retry(when = |_| false)]
    pub fn chosen() -> Result<(), Unclassified> {
        Err(Unclassified)
    }
}

/// No delay is written as such; the smallest delay is legal.
pub mod no_backoff {
    use super::*;

    #[retry(backoff = none)]
    pub fn written() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[retry(base_delay = "1ns")]
    pub fn smallest() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    pub const CONST: Retry = Retry::new().backoff(BackoffShape::None);
}

/// The most and the fewest attempts.
pub mod attempts {
    use super::*;

    #[retry(max_attempts = 100)]
    pub fn most() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[retry(max_attempts = 1)]
    pub fn fewest() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    pub const MOST: Retry = Retry::new().max_attempts(100);
    pub const FEWEST: Retry = Retry::new().max_retries(0);
}

/// A value that says that it is degraded.
pub mod degradation {
    use super::*;

    pub struct Report {
        pub needs_review: bool,
    }

    impl Degradable for Report {
        fn degraded(self, _: Degradation) -> Self {
            Self { needs_review: true }
        }
    }

    #[fallback(default = Report { needs_review: false })]
    pub fn own() -> Result<Report, Fault> {
        Err(Fault::Lost)
    }

    #[fallback(default = 7)]
    pub fn served() -> Result<Served<u32>, Fault> {
        Err(Fault::Lost)
    }

    #[fallback(cached(max_age = "1ns", key = (id, name), capacity = 1))]
    pub fn cached(id: u32, name: &str) -> Result<Served<usize>, Fault> {
        Ok(Served::from(name.len() + id as usize))
    }
}

/// One retry a function.
pub mod retry_inside_retry {
    use super::*;

    #[retry]
    pub fn inner() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    /// Told by an event while running, for the compiler cannot see it.
    #[retry]
    pub fn outer() -> Result<(), Fault> {
        inner()
    }
}

/// A breaker above and one below the retry.
pub mod order {
    use super::*;

    #[circuit_breaker(name = "order")]
    #[retry]
    pub fn above() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[retry]
    #[circuit_breaker(name = "order", per_attempt)]
    pub fn below() -> Result<(), Fault> {
        Err(Fault::Lost)
    }
}

/// A breaker that can open.
pub mod breakers {
    use super::*;

    #[circuit_breaker(name = "full", failure_rate = 1, window = 20, minimum_calls = 20)]
    pub fn full_window() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[circuit_breaker(name = "default", failure_rate = 0.000_1, minimum_calls = 100)]
    pub fn default_window() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[circuit_breaker(name = "small", failure_rate = 0.5, window = 1)]
    pub fn smallest_window() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[circuit_breaker(name = "time", failure_rate = 0.5, window = "1ms", minimum_calls = 1_000)]
    pub fn window_of_time() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[circuit_breaker(name = "slow", failure_threshold = 3, slow_call = "2s", slow_call_rate = 0.5, window = "10s")]
    pub fn slow() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[circuit_breaker(
        name = "open", recovery_timeout = "30s", max_recovery_timeout = "30s", half_open_max_calls = 1,
        success_threshold = 1, probe_timeout = "1ns"
    )]
    pub fn open() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[circuit_breaker(name = "judged", on = Fault::Lost, otherwise = neutral)]
    pub fn judged() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    pub static RATE: CircuitBreaker = CircuitBreaker::new("rate")
        .failure_rate(1.0)
        .window(Window::Calls(10))
        .minimum_calls(10)
        .recovery_timeout(Duration::from_secs(60))
        .max_recovery_timeout(Duration::from_secs(60));

    #[circuit_breaker(RATE, on = Fault::Lost)]
    pub fn at_a_static() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[circuit_breaker(name = "keyed", key = host, max_keys = 1)]
    pub fn keyed(host: &str) -> Result<usize, Fault> {
        Ok(host.len())
    }

    #[derive(Clone, PartialEq, Eq, Hash)]
    pub struct Tenant(u32);

    /// What the key is made of may be taken away by the body, and no name but the key's need be used.
    #[circuit_breaker(key = (tenant, region))]
    pub fn keyed_by_two(tenant: Tenant, region: Option<&'static str>) -> Result<Tenant, Fault> {
        Ok(tenant)
    }

    pub static HOSTS: KeyedCircuitBreaker = CircuitBreaker::new("hosts").failure_threshold(1).keyed().max_keys(1);

    #[circuit_breaker(HOSTS, key = host, on = Fault::Lost)]
    pub async fn keyed_at_a_static(host: String) -> Result<String, Fault> {
        Ok(host)
    }
}

/// An error type that can carry what the policies say.
pub mod carriers {
    use super::*;

    pub enum Mine {
        Timeout(TimeoutError),
        CircuitOpen(CircuitOpenError),
    }

    impl From<TimeoutError> for Mine {
        fn from(error: TimeoutError) -> Self {
            Self::Timeout(error)
        }
    }

    impl From<CircuitOpenError> for Mine {
        fn from(error: CircuitOpenError) -> Self {
            Self::CircuitOpen(error)
        }
    }

    #[circuit_breaker]
    #[timeout(secs = 1)]
    pub fn carried() -> Result<(), Mine> {
        Ok(())
    }
}

/// Settings that do something.
pub mod useful {
    use super::*;

    #[retry(backoff = linear, base_delay = 30, max_delay = 30, jitter = none, max_retry_after = 1)]
    pub fn linear() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    #[retry(multiplier = 1, jitter = 0)]
    pub fn exponential() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    pub const CONST: Retry = Retry::new()
        .base_delay(Duration::from_secs(60))
        .max_delay(Duration::from_secs(60))
        .multiplier(1.0)
        .jitter(Jitter::Ratio(1.0));
}

/// What a sync timeout can take along: owned, or borrowed for ever.
pub mod elsewhere {
    use super::*;

    #[timeout(secs = 1)]
    pub fn owned(name: Arc<str>, word: &'static str, join: fn(&str, &str) -> usize) -> Result<usize, Fault> {
        Ok(join(&name, word))
    }

    #[timeout(secs = 1)]
    pub fn generic<T: AsRef<str> + Send + 'static>(name: T) -> Result<usize, Fault> {
        Ok(name.as_ref().len())
    }

    pub struct Client;

    impl Client {
        #[timeout(secs = 1)]
        pub fn shared(self: Arc<Self>, name: String) -> Result<usize, Fault> {
            let _ = self;
            Ok(name.len())
        }
    }
}

/// Constants of an instance are looked at in each call.
pub mod instances {
    use super::*;

    pub trait Patient: Sized {
        const ATTEMPTS: u32;
        const DELAY: Duration;
        const LIMIT: Duration;

        #[retry(max_attempts = Self::ATTEMPTS, base_delay = Self::DELAY)]
        #[timeout(Self::LIMIT)]
        fn ask(self: Arc<Self>) -> Result<u32, Fault>
        where
            Self: Send + Sync + 'static,
        {
            Ok(Self::ATTEMPTS)
        }
    }

    #[retry(max_attempts = N)]
    pub fn counted<const N: u32>() -> Result<u32, Fault> {
        Ok(N)
    }
}

fn main() {
    assert_eq!(elsewhere::owned("ab".into(), "c", |a, b| a.len() + b.len()).unwrap(), 3);
    assert_eq!(elsewhere::generic("ab").unwrap(), 2);
    assert_eq!(Arc::new(elsewhere::Client).shared("ab".into()).unwrap(), 2);
    assert_eq!(degradation::cached(1, "x").unwrap().into_inner(), 2);
    assert_eq!(breakers::keyed("ab").unwrap(), 2);
    breakers::HOSTS.of("ab").reset();
    assert_eq!(instances::counted::<3>().unwrap(), 3);
}
