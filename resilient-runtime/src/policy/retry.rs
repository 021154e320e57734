//! Retrying as a state machine: it is told how an attempt ended and says how long to wait before the
//! next, or that there is none. It neither sleeps nor runs anything, so sync and async share it.

use std::time::Duration;

use crate::backoff::{Backoff, BackoffShape, Jitter};
use crate::classify::{Judged, RetryClassification};
use crate::clock::{self, Moment};
use crate::event::{self, Exhausted, Text};
use crate::mode;
use crate::nested;

#[cfg(feature = "tokio")]
mod awaited;
mod budget;
mod builder;
pub mod check;
mod described;
#[cfg(feature = "stream")]
mod first_item;
mod run;
mod value;

pub use budget::RetryBudget;
use budget::{AfterTimeout, Token};
pub use builder::{AnyValue, Classified, Retry, Until, When};
pub use described::RetrySettings;
#[cfg(feature = "stream")]
pub use first_item::first_item;
use run::{RetryRun, Wait};
pub use value::{Accepts, Selects};

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

impl Plan {
    /// Begins a call.
    #[inline]
    fn start(&self) -> RetryRun {
        if let Some(budget) = self.budget {
            budget.called();
        }
        RetryRun(None)
    }

    /// The attempt came to what the caller wants. Only a budget needs to know.
    #[inline]
    fn succeeded(&self, run: &RetryRun) {
        if let Some(budget) = self.budget {
            budget.succeeded(run.0.as_ref().map(|again| AfterTimeout(again.progress.after_timeout)));
        }
    }

    /// What follows an attempt that fell short, and which events show so: whether the run goes on, no later than
    /// the caller's time ends. Tells what happened.
    fn settle(&self, mut run: RetryRun, ends: Moment, shortfall: Shortfall, text: Text<'_>) -> RetryRun {
        run.end();
        if !mode::is_active() {
            return RetryRun(None);
        }
        let Self { config, operation, .. } = *self;
        let mut progress = run.progress();
        let attempt = progress.attempt;
        let next = progress.next(&config, shortfall, crate::dice::roll()).within(remaining(ends));
        match self.afforded(next, progress) {
            (Next::Stop, _) => RetryRun(None),
            (Next::GiveUp(why), _) => {
                event::retry_exhausted(operation, attempt, config.max_attempts, why, text);
                RetryRun(None)
            }
            (Next::Wait(delay), token) => {
                event::retry(operation, attempt, config.max_attempts, delay, text);
                nested::tell(operation);
                run.again(progress, operation, Wait { delay, token })
            }
        }
    }

    /// What follows a value that `until` does not take.
    fn unsatisfied(&self, run: RetryRun, ends: Moment) -> RetryRun {
        let text = Text::Name("the value does not satisfy `until`");
        self.settle(run, ends, Shortfall::Unsatisfied, text)
    }

    /// Does not wait where an outer retry is to do it, or the budget has no token for another attempt.
    fn afforded(&self, next: Next, progress: Progress) -> (Next, Option<Token>) {
        if !matches!(next, Next::Wait(_)) {
            return (next, None);
        }
        if self.nested == NestedRetry::Collapse && nested::current().is_some() {
            return (Next::GiveUp(Exhausted::Nested), None);
        }
        let Some(budget) = self.budget else { return (next, None) };
        match budget.take(AfterTimeout(progress.after_timeout)) {
            Some(token) => (next, Some(token)),
            None => (Next::GiveUp(Exhausted::Budget(budget.name())), None),
        }
    }
}

/// How much time is left of what the callers are ready to wait, if they said.
fn remaining(ends: Moment) -> Option<Duration> {
    if ends == Moment::MAX {
        return crate::remaining();
    }
    let own = ends.since(clock::now());
    Some(crate::remaining().map_or(own, |outer| outer.min(own)))
}

/// How far a call has come.
#[derive(Clone, Copy, Debug)]
struct Progress {
    /// The attempt that is running, from 1.
    attempt: u32,
    /// Whether the attempt before it timed out.
    after_timeout: bool,
    previous_delay: Duration,
}

impl Progress {
    const FIRST: Self = Self { attempt: 1, after_timeout: false, previous_delay: Duration::ZERO };

    /// The machine itself: pure but for the count of attempts.
    fn next(&mut self, config: &RetryConfig, shortfall: Shortfall, dice: f64) -> Next {
        let (classification, timed_out) = match shortfall {
            Shortfall::Unsatisfied => (RetryClassification::TRANSIENT, false),
            Shortfall::Error(judged) => (judged.classification(), judged.timed_out),
        };
        let RetryClassification::Transient { retry_after: hint } = classification else {
            return Next::Stop;
        };
        if self.attempt >= config.max_attempts {
            return Next::GiveUp(Exhausted::Attempts);
        }
        if hint.is_some_and(|hint| hint > config.max_retry_after) {
            return Next::GiveUp(Exhausted::RetryAfter);
        }
        let own = self.own_delay(config, dice);
        *self = Self { attempt: self.attempt + 1, after_timeout: timed_out, previous_delay: own };
        match hint {
            Some(hint) if hint > own => Next::Wait(config.jitter.add_to(hint, dice)),
            _ => Next::Wait(own),
        }
    }

    fn own_delay(&self, config: &RetryConfig, dice: f64) -> Duration {
        let schedule = config.schedule();
        if config.backoff == BackoffShape::Decorrelated {
            return schedule.decorrelated_after(self.previous_delay, dice);
        }
        config.jitter.spread(schedule.delay(self.attempt), config.max_delay, dice)
    }
}

#[cfg(test)]
mod tests;
