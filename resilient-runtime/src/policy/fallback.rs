//! Degrading out loud: what a degraded value says of itself. When to degrade, and to what, is written
//! at the function; here is only how a value carries it.

use std::fmt;
use std::time::Duration;

use crate::event::{self, Text};

#[cfg(feature = "cache")]
mod cached;
#[cfg(feature = "cache")]
pub mod check;

pub(crate) mod mark;
mod served;
#[cfg(feature = "stream")]
mod stream;
pub(crate) mod tier;
#[cfg(feature = "serde")]
mod wire;

#[cfg(feature = "cache")]
pub use cached::flight::Shared;
#[cfg(feature = "cache")]
pub use cached::{CacheKey, Good, Keepable, LastGood};
pub use served::Served;

/// How far a result is from the full service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Tier {
    /// A partial result (`degraded = …`).
    Degraded,
    /// An earlier good value.
    Cached,
    /// A safe value (`default = …`).
    Default,
}

impl Tier {
    /// `degraded`, `cached` or `default`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Degraded => "degraded",
            Self::Cached => "cached",
            Self::Default => "default",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why and how far a value is not the full service's.
///
/// With the feature `serde` it can be written and read. A reason is a text of the program's own; one that was
/// read stands before the error's text instead.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Degradation {
    /// Where the value comes from.
    pub tier: Tier,
    /// `reason = "…"` of the attribute.
    pub reason: Option<&'static str>,
    /// How old the value is, if it was kept from earlier.
    pub age: Option<Duration>,
    /// The text of the error that caused it.
    pub error: String,
}

impl Degradation {
    /// Describes a degradation; with neither reason nor age.
    #[must_use]
    pub fn new(tier: Tier, error: impl Into<String>) -> Self {
        Self { tier, reason: None, age: None, error: error.into() }
    }
}

impl fmt::Display for Degradation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = self.reason.unwrap_or(&self.error);
        write!(f, "{}: {why}", self.tier)
    }
}

/// Values that can say that they are degraded: [`Served`], or a type of your own. For a struct with a field
/// that says so it is derived: `#[derive(Degradable)]`.
///
/// # Examples
///
/// ```
/// use resilient_runtime::{Degradable, Degradation};
///
/// struct Report { text: String, needs_review: bool }
///
/// impl Degradable for Report {
///     fn degraded(self, _how: Degradation) -> Self {
///         Self { needs_review: true, ..self }
///     }
///
///     fn is_degraded(&self) -> bool {
///         self.needs_review
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that it is degraded",
    label = "neither `Served<…>` nor `Degradable`",
    note = "a fallback must not be silent: return `Result<Served<{Self}>, …>`, or implement `resilient::Degradable` for `{Self}`"
)]
pub trait Degradable {
    /// The same value, marked.
    #[must_use]
    fn degraded(self, how: Degradation) -> Self;

    /// Whether the value is marked already. A fallback that is `cached` asks this of a call's value,
    /// and keeps none that is degraded as a good one. By default `false`.
    fn is_degraded(&self) -> bool {
        false
    }
}

/// What a fallback remembers of the error while its tiers are tried. Boxed: it lies in the future of each
/// function with an async tier, also of those that succeed.
#[derive(Debug)]
pub struct Fallback(Box<Failed>);

#[derive(Debug)]
struct Failed {
    operation: &'static str,
    reason: Option<&'static str>,
    error: String,
}

impl Fallback {
    /// The error is formatted here: its value goes on to the tiers.
    #[cold]
    #[must_use]
    pub fn new(operation: &'static str, error: Text<'_>) -> Self {
        Self(Box::new(Failed { operation, reason: None, error: error.to_string() }))
    }

    /// Why the value is degraded, as people will read it.
    #[must_use]
    pub fn reason(mut self, reason: &'static str) -> Self {
        self.0.reason = Some(reason);
        self
    }

    /// Marks the value that a tier gave, and tells it.
    pub fn serve<T: Degradable>(self, tier: Tier, value: T) -> T {
        self.tell(tier, None, value)
    }

    /// [`serve`](Self::serve) for a value from earlier.
    pub fn serve_aged<T: Degradable>(self, tier: Tier, age: Duration, value: T) -> T {
        self.tell(tier, Some(age), value)
    }

    /// What the partial result of that number came to: a value, marked and told; or an error, told, which goes
    /// on to the next tier.
    ///
    /// # Errors
    /// The tier's.
    #[cold]
    pub fn tried<T, E>(&self, number: u32, out: Result<T, E>, shown: fn(&E) -> Text<'_>) -> Result<T, E>
    where
        T: Degradable,
    {
        let Failed { operation, reason, error } = &*self.0;
        match out {
            Ok(value) => {
                event::degraded(operation, Tier::Degraded.as_str(), None, *reason, error);
                let how = Degradation { reason: *reason, ..Degradation::new(Tier::Degraded, error.clone()) };
                Ok(value.degraded(how))
            }
            Err(failure) => {
                event::tier_failed(operation, Tier::Degraded.as_str(), number, error, shown(&failure));
                Err(failure)
            }
        }
    }

    /// No tier is left: the caller gets the error of the last.
    ///
    /// # Errors
    /// That.
    #[cold]
    pub fn exhausted<T, E>(&self, last: E, shown: fn(&E) -> Text<'_>) -> Result<T, E> {
        event::fallback_exhausted(self.0.operation, self.0.reason, &self.0.error, shown(&last));
        Err(last)
    }

    #[cold]
    fn tell<T: Degradable>(self, tier: Tier, age: Option<Duration>, value: T) -> T {
        let Failed { operation, reason, error } = *self.0;
        event::degraded(operation, tier.as_str(), age, reason, &error);
        value.degraded(Degradation { tier, reason, age, error })
    }
}

#[cfg(test)]
mod tests;
