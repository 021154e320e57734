//! The runtime under the [`resilient`](https://docs.rs/resilient-attributes) attributes, and the same
//! policies as values. Use it through that crate, which re-exports everything here.
//!
//! State machines decide and neither wait nor run anything: they are told how an attempt ended, when,
//! and what the dice said. So one machine serves sync and async code.
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests of what takes real time take it"))]

#[cfg(test)]
mod alone;
mod backoff;
mod bound;
mod classify;
mod clock;
mod demands;
mod dice;
mod error;
mod event;
mod leading;
mod limit;
mod mode;
mod nested;
mod pinned;
mod policy;
#[cfg(feature = "stream")]
mod stream;
mod successes;
mod sync;
mod window;

#[cfg(feature = "http")]
pub mod http;
pub mod testing;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[doc(hidden)]
pub mod ide;
#[doc(hidden)]
pub mod probe;
// The door is for others; inside the crate the same module goes by its plain name.
use __private as private;

pub use backoff::{Backoff, BackoffShape, Jitter};
pub use bound::{is_cancelled, remaining};
pub use classify::{Idempotent, RetryClassification, Retryable, RetryableIfIdempotent, is_or_has_source};
pub use error::{CarriesCircuitOpen, CarriesTimeout, CircuitOpenError, TimeoutError};
#[cfg(feature = "stream")]
pub use policy::circuit_breaker::UntilEnd;
pub use policy::circuit_breaker::{
    Circuit, CircuitBreaker, CircuitChange, CircuitKey, CircuitListener, CircuitSettings, CircuitSnapshot,
    CircuitState, FailureKind, Held, KeyedCircuit, KeyedCircuitBreaker, Permit, Verdict, circuit, circuits,
    on_circuit_change,
};
#[cfg(feature = "tokio")]
pub use policy::deadline::{Deadline, deadline};
pub use policy::description::{Description, FallbackSettings, LimitSettings};
pub use policy::fallback::{Degradable, Degradation, Served, Tier};
#[cfg(feature = "stream")]
pub use policy::retry::first_item;
pub use policy::retry::{
    Accepts, AnyValue, Classified, NestedRetry, Retry, RetryBudget, RetryConfig, RetrySettings, Selects,
    Until, When,
};
#[cfg(all(feature = "stream", feature = "tokio"))]
pub use policy::timeout::idle_timeout;
pub use policy::timeout::{MAX_ABANDONED_WORKERS, abandoned_workers, timeout_sync};
#[cfg(feature = "tokio")]
pub use policy::timeout::{Timeout, timeout};
pub use window::Window;
