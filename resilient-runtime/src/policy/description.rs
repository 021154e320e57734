//! What a guarded function goes by, as a value: the settings of its stack, defaults included. Filled by what
//! `describe` writes; nothing here is asked when a function is called.

use std::fmt;
use std::time::Duration;

use super::circuit_breaker::CircuitSettings;
use super::fallback::Tier;
use super::retry::RetrySettings;

/// The policies above a function, as the `describe!` macro gives it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Description {
    /// Its module and its name.
    pub function: &'static str,
    /// What `#[fallback]` serves instead of an error.
    pub fallback: Option<FallbackSettings>,
    /// The limit of the whole call.
    pub deadline: Option<LimitSettings>,
    /// The breaker, as it is set up here. Where a breaker of the same name was used before, its settings hold.
    pub circuit_breaker: Option<CircuitSettings>,
    /// When and how often it is tried again.
    pub retry: Option<RetrySettings>,
    /// The limit of one attempt.
    pub timeout: Option<LimitSettings>,
    /// The limit of each wait for an item of the stream.
    pub idle: Option<LimitSettings>,
    text: &'static str,
}

/// The tiers of a fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FallbackSettings {
    /// In the order in which they are tried.
    pub tiers: &'static [Tier],
    /// `reason = "…"`.
    pub reason: Option<&'static str>,
}

/// A limit on time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitSettings {
    /// `None`: it is evaluated at each call.
    pub limit: Option<Duration>,
    /// What errors and events call the operation.
    pub operation: &'static str,
}

/// What generated code fills in.
#[doc(hidden)]
impl Description {
    #[must_use]
    pub const fn of(function: &'static str, text: &'static str) -> Self {
        Self {
            function,
            fallback: None,
            deadline: None,
            circuit_breaker: None,
            retry: None,
            timeout: None,
            idle: None,
            text,
        }
    }

    #[must_use]
    pub fn fallback(self, tiers: &'static [Tier], reason: Option<&'static str>) -> Self {
        Self { fallback: Some(FallbackSettings { tiers, reason }), ..self }
    }

    #[must_use]
    pub fn deadline(self, limit: Option<Duration>, operation: &'static str) -> Self {
        Self { deadline: Some(LimitSettings { limit, operation }), ..self }
    }

    #[must_use]
    pub fn circuit_breaker(self, settings: CircuitSettings, is_keyed: bool, per_attempt: bool) -> Self {
        Self { circuit_breaker: Some(CircuitSettings { is_keyed, per_attempt, ..settings }), ..self }
    }

    #[must_use]
    pub fn retry(self, settings: RetrySettings) -> Self {
        Self { retry: Some(settings), ..self }
    }

    #[must_use]
    pub fn timeout(self, limit: Option<Duration>, operation: &'static str) -> Self {
        Self { timeout: Some(LimitSettings { limit, operation }), ..self }
    }

    #[must_use]
    pub fn idle(self, limit: Option<Duration>, operation: &'static str) -> Self {
        Self { idle: Some(LimitSettings { limit, operation }), ..self }
    }

    #[must_use]
    pub fn until_first_item(mut self) -> Self {
        if let Some(retry) = &mut self.retry {
            retry.until_first_item = true;
        }
        self
    }

    #[must_use]
    pub fn until_end(mut self) -> Self {
        if let Some(breaker) = &mut self.circuit_breaker {
            breaker.until_end = true;
        }
        self
    }
}

impl fmt::Display for Description {
    /// The function, and a line for each policy in the order of a call.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.function)?;
        f.write_str(self.text)
    }
}
