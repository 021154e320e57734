//! What a client waits after a failure. Every delay and every spread is the crate's own; nothing here
//! knows of time or of the other clients.

use std::time::Duration;

use resilient::{Backoff, Jitter};

const BASE: Duration = Duration::from_millis(5);
const CAP: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    NoBackoff,
    NoJitter,
    /// Adds 0–10 %.
    Default,
    Equal,
    Full,
    Decorrelated,
}

impl Strategy {
    pub(crate) const ALL: [Self; 6] =
        [Self::NoBackoff, Self::NoJitter, Self::Default, Self::Equal, Self::Full, Self::Decorrelated];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NoBackoff => "no backoff",
            Self::NoJitter => "no jitter",
            Self::Default => "0.1 (default)",
            Self::Equal => "equal",
            Self::Full => "full",
            Self::Decorrelated => "decorrelated",
        }
    }

    /// The delay after so many failures, the last of which came after a delay of `previous`.
    pub(crate) fn delay(self, failures: u32, previous: Duration, dice: f64) -> Duration {
        let jitter = match self {
            Self::NoBackoff => return Duration::ZERO,
            Self::Decorrelated => {
                return Backoff::decorrelated(BASE).max_delay(CAP).decorrelated_after(previous, dice);
            }
            Self::NoJitter => Jitter::None,
            Self::Default => Jitter::default(),
            Self::Equal => Jitter::Equal,
            Self::Full => Jitter::Full,
        };
        // The published simulator has doubled its base once when it waits first.
        let delay = Backoff::exponential(BASE * 2).max_delay(CAP).delay(failures);
        jitter.spread(delay, CAP, dice)
    }
}
