//! Points in time and what can be done with them. What time it is is asked one file up.

use std::num::NonZeroU64;
use std::time::Duration;

/// A point on the monotonic clock, in nanoseconds since an epoch of this process. All arithmetic
/// saturates: a clock that stands still or jumps is never a panic.
///
/// One more than the nanoseconds, so that an `Option` of it is one word, which fits in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(NonZeroU64);

impl Moment {
    pub(crate) const MAX: Self = Self(NonZeroU64::MAX);

    pub(crate) const fn from_nanos(nanos: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(nanos))
    }

    pub(crate) const fn as_nanos(self) -> u64 {
        self.0.get() - 1
    }

    pub(crate) fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(nanos(wait)))
    }

    pub(crate) fn before(self, wait: Duration) -> Self {
        Self::from_nanos(self.as_nanos().saturating_sub(nanos(wait)))
    }

    /// How long it is from `earlier` to here; zero where `earlier` is later.
    pub(crate) const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.as_nanos().saturating_sub(earlier.as_nanos()))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
