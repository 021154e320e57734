//! The settings of a retry, to be looked at.

use super::{NestedRetry, Retry, RetryBudget, RetryConfig};

/// When and how often a function is tried again.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetrySettings {
    /// The numbers. Those in `at_each_call` are the defaults.
    pub config: RetryConfig,
    /// The settings that are evaluated at each call; `config` means all of them.
    pub at_each_call: &'static [&'static str],
    /// The name of the budget that bounds the retries of all calls together.
    pub budget: Option<&'static str>,
    /// What it does inside another retry.
    pub nested: NestedRetry,
    /// Whether an attempt lasts until the first item of its stream.
    pub until_first_item: bool,
}

impl<W, U> Retry<W, U> {
    /// The settings, to be looked at.
    #[must_use]
    pub fn settings(&self) -> RetrySettings {
        RetrySettings {
            config: self.plan.config,
            at_each_call: &[],
            budget: self.plan.budget.map(RetryBudget::name),
            nested: self.plan.nested,
            until_first_item: false,
        }
    }
}

#[doc(hidden)]
impl RetrySettings {
    /// With what is decided at each call.
    #[must_use]
    pub fn but(self, at_each_call: &'static [&'static str], budget: Option<&'static str>) -> Self {
        Self { at_each_call, budget, ..self }
    }
}
