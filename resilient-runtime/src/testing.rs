//! What a test of guarded functions needs: a clock that nobody has to wait for, dice that fall alike, and
//! ways to take the policies out of the way. Nothing here is used by the policies themselves.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Virtual;
use crate::dice::Seeded;
use crate::{circuits, mode};

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

/// Dice that fall the same for the same seed: while the guard lives, the jitter of this thread's guarded
/// functions (and of those that its sync timeouts run) is drawn from them.
///
/// Futures draw where they are polled: seed the thread that runs them, of a runtime that has one.
///
/// # Examples
///
/// ```
/// use resilient_runtime::{Jitter, Retry, testing::{SeededDice, VirtualClock}};
///
/// let sleeps = |seed| {
///     let (_dice, clock) = (SeededDice::install(seed), VirtualClock::install());
///     let refused = || Err::<(), _>(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
///     assert!(Retry::new().max_attempts(9).jitter(Jitter::Full).call(refused).is_err());
///     clock.sleeps()
/// };
/// assert_eq!(sleeps(7), sleeps(7));
/// assert_ne!(sleeps(7), sleeps(8));
/// ```
#[derive(Debug)]
#[must_use = "the thread rolls these dice only while the guard lives"]
pub struct SeededDice {
    previous: Option<Arc<Seeded>>,
    /// The guard restores its own thread's dice, so it must stay on that thread.
    stays: PhantomData<*const ()>,
}

impl SeededDice {
    /// Makes this thread roll dice with that seed until the guard is dropped.
    pub fn install(seed: u64) -> Self {
        Self { previous: Seeded::install(Some(Arc::new(Seeded::new(seed)))), stays: PhantomData }
    }
}

impl Drop for SeededDice {
    fn drop(&mut self) {
        drop(Seeded::install(self.previous.take()));
    }
}

/// From now on no retry of this process waits between its attempts, on any thread, sync or async: for a test
/// binary whose subject is not time. Delays by a [`VirtualClock`] are recorded as before; limits, and the
/// time for which a circuit stays open, are as long as they were.
///
/// # Examples
///
/// ```
/// use resilient_runtime::{Retry, testing};
///
/// testing::wait_nothing();
/// let refused = || Err::<(), _>(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
/// assert!(Retry::new().max_attempts(9).call(refused).is_err()); // at once
/// ```
pub fn wait_nothing() {
    mode::wait_nothing();
}

/// From now on guarded functions of this process are as if they were not guarded: no attempt is repeated, no
/// call is refused or counted, no limit ends anything (the body of a sync timeout runs on its caller's
/// thread). For a test binary that is about the functions themselves. Fallbacks go on to serve: they neither
/// wait nor repeat, and their values say so. Say it before the first call: circuits of a `key` that exist by
/// then stay as they are.
///
/// # Examples
///
/// ```
/// use resilient_runtime::{CircuitBreaker, CircuitOpenError, Retry, testing};
///
/// static BREAKER: CircuitBreaker = CircuitBreaker::new("testing").failure_threshold(1);
///
/// testing::deactivate();
/// let mut calls = 0;
/// for _ in 0..10 {
///     let refused = || { calls += 1; Err::<(), _>(std::io::Error::from(std::io::ErrorKind::ConnectionRefused)) };
///     let outcome = BREAKER.call(|| Retry::new().call(refused).map_err(Error::Io));
///     assert!(matches!(outcome, Err(Error::Io(_))));
/// }
/// assert_eq!(calls, 10);
/// # enum Error { Io(std::io::Error), Open }
/// # impl From<CircuitOpenError> for Error { fn from(_: CircuitOpenError) -> Self { Self::Open } }
/// ```
pub fn deactivate() {
    mode::deactivate();
    for circuit in circuits() {
        circuit.disable();
    }
}

#[cfg(test)]
mod tests;
