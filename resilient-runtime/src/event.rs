//! What happened, told to `tracing`: the one place that knows event names and fields. Nothing is
//! formatted when nobody listens, and arguments of guarded functions never come here.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use tracing::{info, warn};

use crate::error::TimeoutError;
use crate::window::Counts;

/// A duration as people write it: `2s`, `1.5s`, `250ms`; milliseconds at the finest.
#[derive(Clone, Copy)]
pub(crate) struct Seconds(pub(crate) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.as_secs(), self.0.subsec_millis()) {
            (secs, 0) => write!(f, "{secs}s"),
            (0, millis) => write!(f, "{millis}ms"),
            (secs, millis) => {
                let fraction = format!("{millis:03}");
                write!(f, "{secs}.{}s", fraction.trim_end_matches('0'))
            }
        }
    }
}

/// An error as events show it. Which variant it is depends on what its type offers.
#[derive(Clone, Copy)]
pub enum Text<'e> {
    /// The type says what to show.
    Display(&'e dyn fmt::Display),
    /// The type is shown as programmers see it.
    Debug(&'e dyn fmt::Debug),
    /// The type cannot be shown; its name stands for it.
    Name(&'static str),
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Display(error) => error.fmt(f),
            Self::Debug(error) => error.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

#[cold]
pub(crate) fn retry(operation: &str, attempt: u32, max_attempts: u32, delay: Duration, error: Text<'_>) {
    warn!(
        target: "resilient", event = "retry", operation, attempt, max_attempts,
        delay_s = delay.as_secs_f64(), %error,
        "{operation}: attempt {attempt} of {max_attempts} failed, next in {}", Seconds(delay),
    );
}

/// Why no further attempt is made although the failure was worth one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exhausted {
    Attempts,
    RetryAfter,
    Deadline,
    /// The budget of that name has no token left.
    Budget(&'static str),
    /// Another retry repeats it.
    Nested,
}

#[cold]
pub(crate) fn retry_exhausted(
    operation: &str,
    attempt: u32,
    max_attempts: u32,
    why: Exhausted,
    error: Text<'_>,
) {
    let reason = match why {
        Exhausted::Attempts => "max_attempts",
        Exhausted::RetryAfter => "max_retry_after",
        Exhausted::Deadline => "deadline",
        Exhausted::Budget(_) => "budget",
        Exhausted::Nested => "nested",
    };
    let budget = if let Exhausted::Budget(name) = why { Some(name) } else { None };
    warn!(
        target: "resilient", event = "retry_exhausted", operation, attempt, max_attempts, reason, budget, %error,
        "{operation}: gives up after attempt {attempt} of {max_attempts} ({reason})",
    );
}

/// Whether anybody listens for warnings.
pub(crate) fn is_heard() -> bool {
    tracing::enabled!(target: "resilient", tracing::Level::WARN)
}

/// A retry makes further attempts inside the further attempts of another.
#[cold]
pub(crate) fn nested_retry(outer: &str, inner: &str) {
    warn!(
        target: "resilient", event = "nested_retry", outer, inner,
        "{inner} is retried inside {outer}, which is retried, too: their attempts multiply; retry in one of the two",
    );
}

/// `reason` is the setting that opened it, or what became of a probe; `counts` are there for a rate.
#[cold]
pub(crate) fn circuit_open(
    circuit: &str,
    failures: u32,
    recovery_timeout: Duration,
    reason: &str,
    counts: Option<Counts>,
) {
    warn!(
        target: "resilient", event = "circuit_open", circuit, failures,
        recovery_timeout_s = recovery_timeout.as_secs_f64(), reason,
        calls = counts.map(|counts| counts.calls),
        failure_rate = counts.and_then(Counts::failure_rate),
        slow_call_rate = counts.and_then(Counts::slow_call_rate),
        "circuit `{circuit}` opens for {} ({reason})", Seconds(recovery_timeout),
    );
}

#[cold]
pub(crate) fn circuit_forced_open(circuit: &str) {
    warn!(target: "resilient", event = "circuit_open", circuit, forced = true, "circuit `{circuit}` is forced open");
}

#[cold]
pub(crate) fn circuit_half_open(circuit: &str) {
    info!(target: "resilient", event = "circuit_half_open", circuit, "circuit `{circuit}` lets a probe through");
}

#[cold]
pub(crate) fn circuit_closed(circuit: &str) {
    info!(target: "resilient", event = "circuit_closed", circuit, "circuit `{circuit}` closes");
}

#[cold]
pub(crate) fn circuit_rejected(circuit: &str, retry_after: Duration) {
    warn!(
        target: "resilient", event = "circuit_rejected", circuit, retry_after_s = retry_after.as_secs_f64(),
        "circuit `{circuit}` is open and refuses calls for {}", Seconds(retry_after),
    );
}

/// A listener of changes panicked; whoever changed the circuit does not hear of it.
#[cold]
pub(crate) fn listener_panicked(circuit: &str) {
    warn!(
        target: "resilient", event = "listener_panicked", circuit,
        "a listener that was told of circuit `{circuit}` panicked",
    );
}

/// Two places give one circuit different settings; those of the first one used hold.
#[cold]
pub(crate) fn circuit_conflict(
    circuit: &str,
    holds: &Location<'_>,
    ignored: &Location<'_>,
    difference: &str,
) {
    warn!(
        target: "resilient", event = "circuit_conflict", circuit, %holds, %ignored, difference,
        "circuit `{circuit}` is set up differently at {holds} and at {ignored}: {difference}; the former holds",
    );
}

/// A key of a breaker has no place for its circuit: all are taken by circuits that must be remembered.
#[cold]
pub(crate) fn circuit_keys_full(circuit: &str, max_keys: u32) {
    warn!(
        target: "resilient", event = "circuit_keys_full", circuit, max_keys,
        "none of the {max_keys} circuits of `{circuit}` is closed: further keys are not guarded; raise `max_keys`",
    );
}

#[cold]
pub(crate) fn timeout(error: &TimeoutError) {
    warn!(
        target: "resilient", event = "timeout", operation = error.operation, limit_s = error.limit.as_secs_f64(),
        "{error}",
    );
}

/// What runs inside a limit held on to its thread until long after.
#[cfg(feature = "tokio")]
#[cold]
pub(crate) fn late(operation: &str, limit: Duration, overrun: Duration) {
    warn!(
        target: "resilient", event = "late", operation, limit_s = limit.as_secs_f64(),
        overrun_s = overrun.as_secs_f64(),
        "{operation} overran its limit of {} by {}: something inside blocks its thread",
        Seconds(limit), Seconds(overrun),
    );
}

/// A sync timeout that could not even start: `abandoned` bodies of earlier ones are still running.
#[cold]
pub(crate) fn no_worker(operation: &str, abandoned: usize) {
    warn!(
        target: "resilient", event = "timeout", operation, abandoned,
        "{operation} was not started: {abandoned} workers are stuck in bodies that timed out",
    );
}

#[cold]
pub(crate) fn degraded(
    operation: &str,
    tier: &str,
    age: Option<Duration>,
    reason: Option<&str>,
    error: &str,
) {
    warn!(
        target: "resilient", event = "degraded", operation, tier,
        age_s = age.map(|age| age.as_secs_f64()), reason, error,
        "{operation} degrades to `{tier}`: {}", reason.unwrap_or(error),
    );
}

/// A tier of a fallback gave an error of its own, and the next one is asked. `number`: of those of its kind.
#[cold]
pub(crate) fn tier_failed(operation: &str, tier: &str, number: u32, error: &str, tier_error: Text<'_>) {
    warn!(
        target: "resilient", event = "tier_failed", operation, tier, number, error, %tier_error,
        "{operation} cannot degrade to `{tier}`: {tier_error}",
    );
}

/// The value that a fallback keeps from earlier is older than it may be.
#[cfg(feature = "cache")]
#[cold]
pub(crate) fn tier_too_old(operation: &str, age: Duration, max_age: Duration, error: &str) {
    warn!(
        target: "resilient", event = "tier_failed", operation, tier = "cached", error,
        age_s = age.as_secs_f64(), max_age_s = max_age.as_secs_f64(),
        "{operation} cannot degrade to `cached`: the last good value is {} old, and {} is allowed",
        Seconds(age), Seconds(max_age),
    );
}

/// A fallback keeps nothing from earlier under this key.
#[cfg(feature = "cache")]
#[cold]
pub(crate) fn tier_empty(operation: &str, error: &str) {
    warn!(
        target: "resilient", event = "tier_failed", operation, tier = "cached", error,
        "{operation} cannot degrade to `cached`: there is no good value from earlier",
    );
}

/// No tier of a fallback could help; `last_error` is what the caller gets.
#[cold]
pub(crate) fn fallback_exhausted(operation: &str, reason: Option<&str>, error: &str, last_error: Text<'_>) {
    warn!(
        target: "resilient", event = "fallback_exhausted", operation, reason, error, %last_error,
        "{operation}: no tier could help: {error}",
    );
}
