//! What a test of guarded functions needs: a clock that nobody has to wait for. Nothing here is used
//! by the policies themselves.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Virtual;

/// A clock for synchronous code under test: while the guard lives, delays of this thread's guarded
/// functions (and of the worker threads that run their bodies) take no real time; they move this
/// clock and are recorded.
///
/// Asynchronous code under test goes by tokio's paused clock instead (`#[tokio::test(start_paused = true)]`).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Retry, testing::VirtualClock};
///
/// let clock = VirtualClock::install();
/// let refused = || Err::<(), _>(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
/// let outcome = Retry::new().base_delay(Duration::from_secs(3600)).jitter(resilient_runtime::Jitter::None)
///     .max_delay(Duration::from_secs(86_400)).call(refused);
/// assert!(outcome.is_err());
/// assert_eq!(clock.sleeps(), [Duration::from_secs(3600), Duration::from_secs(7200)]);
/// ```
#[derive(Debug)]
#[must_use = "the thread goes by this clock only while the guard lives"]
pub struct VirtualClock {
    clock: Arc<Virtual>,
    previous: Option<Arc<Virtual>>,
    /// The guard restores its own thread's clock, so it must stay on that thread.
    stays: PhantomData<*const ()>,
}

impl VirtualClock {
    /// Makes this thread go by a virtual clock until the guard is dropped.
    pub fn install() -> Self {
        let clock = Arc::new(Virtual::new());
        let previous = Virtual::install(Some(Arc::clone(&clock)));
        Self { clock, previous, stays: PhantomData }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// How far the clock has moved since it was installed.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// The delays that were slept by this clock, in order.
    #[must_use]
    pub fn sleeps(&self) -> Vec<Duration> {
        self.clock.sleeps()
    }

    /// A handle that other threads can advance, for the body of a function under a sync timeout.
    #[must_use]
    pub fn handle(&self) -> ClockHandle {
        ClockHandle(Arc::clone(&self.clock))
    }
}

impl Drop for VirtualClock {
    fn drop(&mut self) {
        drop(Virtual::install(self.previous.take()));
    }
}

/// Advances a [`VirtualClock`] from any thread.
#[derive(Clone, Debug)]
pub struct ClockHandle(Arc<Virtual>);

impl ClockHandle {
    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.advance(by);
    }
}
