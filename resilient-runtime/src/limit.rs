//! A limit on time as the policies that bound a call hold it, what may cross to the thread that runs a
//! bounded sync body, and how the passing of a limit becomes the caller's own error. Nobody is stopped
//! from here.

use std::time::Duration;

#[cfg(feature = "tokio")]
use crate::clock::{self, Moment};
use crate::error::TimeoutError;
#[cfg(feature = "tokio")]
use crate::event;

mod carried;
pub use carried::Carried;
#[cfg(feature = "tokio")]
pub(crate) use carried::Limits;

/// How long something may take, and what it is called when it took longer.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    // Half the size of a `Duration`, and still more than 500 years: every guarded future carries one.
    nanos: u64,
    operation: &'static str,
}

impl Limit {
    /// A limit that is too long to be counted is the longest that can.
    #[must_use]
    pub const fn new(limit: Duration, operation: &'static str) -> Self {
        let nanos = limit.as_nanos();
        #[expect(clippy::cast_possible_truncation, reason = "`try_from` is not `const`")]
        let nanos = if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 };
        Self { nanos, operation }
    }

    /// For a limit that comes from a constant of the user's: refused while compiling if it is zero.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    #[must_use]
    #[track_caller]
    pub const fn checked(limit: Duration) -> Duration {
        assert!(!limit.is_zero(), "the limit must be above zero");
        limit
    }

    pub(crate) const fn duration(&self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    /// Tells if it was overrun by more than timers and a busy machine explain: what ran did not yield, and
    /// so nothing could end it.
    #[cfg(feature = "tokio")]
    #[cold]
    pub(crate) fn tell_late(&self, due: Moment) {
        const NOTHING: Duration = Duration::from_millis(10);

        let overrun = clock::now().since(due);
        if overrun > NOTHING.max(self.duration() / 10) {
            event::late(self.operation, self.duration(), overrun);
        }
    }

    /// What those are told who waited for it.
    pub(crate) const fn error(&self) -> TimeoutError {
        TimeoutError { operation: self.operation, limit: self.duration() }
    }
}

/// What can be sent to the thread that runs a bounded sync body, and back. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "a sync timeout or deadline runs the body on another thread, and `{Self}` cannot be sent there",
    label = "not `Send`",
    note = "take and return what is `Send` (`Arc` for `Rc`, `Mutex` for `RefCell`), or make the function `async`"
)]
pub trait CrossesThreads: Send {}

#[diagnostic::do_not_recommend]
impl<T: Send> CrossesThreads for T {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Limit;

    #[test]
    fn a_limit_is_kept_to_the_nanosecond_and_saturates() {
        for limit in [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(584 * 31_536_000)] {
            assert_eq!(Limit::new(limit, "op").duration(), limit);
        }
        let longest = Duration::from_nanos(u64::MAX);
        assert_eq!(Limit::new(Duration::MAX, "op").duration(), longest);
        assert_eq!(Limit::new(longest + Duration::from_nanos(1), "op").error().limit, longest);
        assert_eq!(Limit::new(longest, "op").error().operation, "op");
    }
}
