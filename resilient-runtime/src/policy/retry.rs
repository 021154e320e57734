//! Retrying as a state machine: it is told how an attempt ended and says how long to wait before the
//! next, or that there is none. It neither sleeps nor runs anything, so sync and async share it.

use std::time::Duration;

use crate::backoff::{Backoff, BackoffShape, Jitter};
use crate::bound::End;
use crate::classify::{Judged, RetryClassification};
use crate::clock::{self, Moment};
use crate::event::{self, Exhausted, Text};
use crate::mode;
use crate::nested;

mod attempt;
mod budget;
mod builder;
pub mod check;
mod described;
mod value;
mod wait;

pub use budget::RetryBudget;
use budget::{AfterTimeout, Token};
pub use builder::{AnyValue, Classified, Retry, Until, When};
pub use described::RetrySettings;
pub use value::{Accepts, Selects};
use wait::Wait;
pub use wait::pause_sync;
#[cfg(feature = "tokio")]
pub use wait::{pause_async, pause_within_budget};

/// The settings of a retry, for values that are known only at run time (from `self`, a file).
///
/// Nothing here panics: attempts, multiplier and jitter out of range count as the nearest in range, and a
/// delay of zero means no delay.
///
/// # Examples
///
/// ```
/// use resilient_runtime::{Retry, RetryConfig};
///
/// let config = RetryConfig { max_attempts: 5, ..RetryConfig::default() };
/// let retry = Retry::from(config);
/// # let _ = retry;
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryConfig {
    /// Calls in all, the first included; 1..=100. Default 3.
    pub max_attempts: u32,
    /// The first delay. Default 1 s.
    pub base_delay: Duration,
    /// No delay of its own is ever longer, jitter included. Default 30 s.
    pub max_delay: Duration,
    /// How clients that failed together are spread. Default: adds 0–10 %.
    pub jitter: Jitter,
    /// How delays grow. Default exponential.
    pub backoff: BackoffShape,
    /// The factor of the exponential shape; at least 1. Default 2.
    pub multiplier: f64,
    /// The longest hint of a server that is waited for; a longer one ends the retrying. Default 5 min.
    pub max_retry_after: Duration,
}

impl RetryConfig {
    /// The most attempts that can be asked for.
    pub const MOST_ATTEMPTS: u32 = 100;

    pub(crate) const DEFAULT: Self = Self {
        max_attempts: 3,
        base_delay: Duration::from_secs(1),
        max_delay: Duration::from_secs(30),
        jitter: Jitter::Ratio(Jitter::DEFAULT_RATIO),
        backoff: BackoffShape::Exponential,
        multiplier: 2.0,
        max_retry_after: Duration::from_secs(300),
    };

    fn schedule(&self) -> Backoff {
        Backoff {
            shape: self.backoff,
            base: self.base_delay,
            multiplier: self.multiplier,
            cap: self.max_delay,
        }
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a retry does inside the second or later attempt of another, where their attempts multiply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NestedRetry {
    /// Goes on, and tells so: once for each pair of retries.
    #[default]
    Report,
    /// Makes no further attempt then: the outer one does.
    Collapse,
}

/// Why the outcome of an attempt may not stand, for the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortfall {
    /// A value that `until` does not take.
    Unsatisfied,
    /// An error of which that was said.
    Error(Judged),
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    /// The error is not worth another attempt.
    Stop,
    /// It would be, but the settings end here.
    GiveUp(Exhausted),
    Wait(Duration),
}

impl Next {
    /// Does not wait where the caller's time would be up before the next attempt. Where it is up
    /// already, the event of that has been told.
    fn within(self, remaining: Option<Duration>) -> Self {
        match (self, remaining) {
            (Self::Wait(_), Some(Duration::ZERO)) => Self::Stop,
            (Self::Wait(delay), Some(left)) if delay >= left => Self::GiveUp(Exhausted::Deadline),
            (next, _) => next,
        }
    }
}

/// One call of a retried function: counts its attempts.
#[derive(Debug)]
pub struct RetryRun<'r> {
    plan: &'r Plan,
    /// The attempt that is running, from 1.
    attempt: u32,
    /// Whether the attempt before it timed out.
    after_timeout: bool,
    // Half the size of a `Duration`, and still more than 500 years: every retried future carries a run.
    previous_delay_nanos: u64,
    /// When the time of the whole call is up.
    ends: Moment,
}

/// What a retry holds for all of its calls.
#[derive(Clone, Copy, Debug)]
struct Plan {
    config: RetryConfig,
    operation: &'static str,
    budget: Option<&'static RetryBudget>,
    nested: NestedRetry,
}

impl Plan {
    const DEFAULT: Self =
        Self { config: RetryConfig::DEFAULT, operation: "retry", budget: None, nested: NestedRetry::Report };
}

impl<'r> RetryRun<'r> {
    #[inline]
    fn new(plan: &'r Plan) -> Self {
        if let Some(budget) = plan.budget {
            budget.called();
        }
        Self { plan, attempt: 1, after_timeout: false, previous_delay_nanos: 0, ends: Moment::MAX }
    }

    /// Starts no delay that would outlast this.
    #[inline]
    #[must_use]
    pub const fn within(self, End(ends): End) -> Self {
        Self { ends, ..self }
    }

    /// How much time is left of what the callers are ready to wait, if they said.
    fn remaining(&self) -> Option<Duration> {
        if self.ends == Moment::MAX {
            return crate::remaining();
        }
        let own = self.ends.since(clock::now());
        Some(crate::remaining().map_or(own, |outer| outer.min(own)))
    }

    /// Whether the attempt that is running is the last that the settings allow.
    #[inline]
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.attempt >= self.plan.config.max_attempts
    }

    /// The attempt came to what the caller wants. Only a budget needs to know.
    #[inline]
    pub fn succeeded(&self) {
        if let Some(budget) = self.plan.budget {
            budget.succeeded((self.attempt > 1).then_some(AfterTimeout(self.after_timeout)));
        }
    }

    /// What follows an attempt that failed with an error of which that was said, and which events show so:
    /// the wait before the next attempt, or `None`: the error stands.
    #[cold]
    pub fn failed(&mut self, error: Judged, text: Text<'_>) -> Option<Wait> {
        self.settle(Shortfall::Error(error), text)
    }

    /// What follows an attempt that came to a value which `until` does not take: the wait before the
    /// next attempt, or `None`: the value stands.
    #[cold]
    pub fn unsatisfied(&mut self) -> Option<Wait> {
        self.settle(Shortfall::Unsatisfied, Text::Name("the value does not satisfy `until`"))
    }

    /// Takes the machine's next step and tells what happened.
    fn settle(&mut self, shortfall: Shortfall, text: Text<'_>) -> Option<Wait> {
        if !mode::is_active() {
            return None;
        }
        let Plan { config: RetryConfig { max_attempts: most, .. }, operation, .. } = *self.plan;
        let attempt = self.attempt;
        let next = self.next(shortfall, crate::dice::roll()).within(self.remaining());
        match self.afforded(next) {
            (Next::Stop, _) => None,
            (Next::GiveUp(why), _) => {
                event::retry_exhausted(operation, attempt, most, why, text);
                None
            }
            (Next::Wait(delay), token) => {
                event::retry(operation, attempt, most, delay, text);
                nested::tell(operation);
                Some(Wait::new(delay, token))
            }
        }
    }

    /// Does not wait where an outer retry is to do it, or the budget has no token for another attempt.
    fn afforded(&self, next: Next) -> (Next, Option<Token>) {
        if !matches!(next, Next::Wait(_)) {
            return (next, None);
        }
        if self.plan.nested == NestedRetry::Collapse && nested::current().is_some() {
            return (Next::GiveUp(Exhausted::Nested), None);
        }
        let Some(budget) = self.plan.budget else { return (next, None) };
        match budget.take(AfterTimeout(self.after_timeout)) {
            Some(token) => (next, Some(token)),
            None => (Next::GiveUp(Exhausted::Budget(budget.name())), None),
        }
    }

    /// The machine itself: pure but for the count of attempts.
    fn next(&mut self, shortfall: Shortfall, dice: f64) -> Next {
        let (classification, timed_out) = match shortfall {
            Shortfall::Unsatisfied => (RetryClassification::TRANSIENT, false),
            Shortfall::Error(judged) => (judged.classification(), judged.timed_out),
        };
        let RetryClassification::Transient { retry_after: hint } = classification else {
            return Next::Stop;
        };
        if self.is_last() {
            return Next::GiveUp(Exhausted::Attempts);
        }
        if hint.is_some_and(|hint| hint > self.plan.config.max_retry_after) {
            return Next::GiveUp(Exhausted::RetryAfter);
        }
        let own = self.own_delay(dice);
        self.attempt += 1;
        self.after_timeout = timed_out;
        self.previous_delay_nanos = u64::try_from(own.as_nanos()).unwrap_or(u64::MAX);
        match hint {
            Some(hint) if hint > own => Next::Wait(self.plan.config.jitter.add_to(hint, dice)),
            _ => Next::Wait(own),
        }
    }

    fn own_delay(&self, dice: f64) -> Duration {
        let schedule = self.plan.config.schedule();
        if self.plan.config.backoff == BackoffShape::Decorrelated {
            return schedule.decorrelated_after(Duration::from_nanos(self.previous_delay_nanos), dice);
        }
        let delay = schedule.delay(self.attempt);
        self.plan.config.jitter.spread(delay, self.plan.config.max_delay, dice)
    }
}

#[cfg(test)]
mod tests;
