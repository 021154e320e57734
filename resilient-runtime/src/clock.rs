//! What time it is and how to wait: the only file that names std's or tokio's clock. Under a
//! [`VirtualClock`](crate::testing::VirtualClock) both come from that clock instead; under tokio's
//! paused clock they come from tokio's.
#![expect(clippy::disallowed_methods, reason = "others are to ask here")]

use std::cell::RefCell;
#[cfg(feature = "tokio")]
use std::future::Future as _;
#[cfg(feature = "tokio")]
use std::pin::Pin;
use std::sync::Arc;
#[cfg(feature = "tokio")]
use std::task::Context;
use std::time::{Duration, Instant};

use crate::mode;
use crate::sync::{Mutex, OnceLock, lock};

mod moment;
pub(crate) use moment::Moment;

/// Now, on the clock that this thread goes by.
pub(crate) fn now() -> Moment {
    match Virtual::current() {
        Some(clock) => clock.now(),
        None => real_now(),
    }
}

fn real_now() -> Moment {
    moment(instant())
}

#[inline]
fn moment(instant: Instant) -> Moment {
    /// Centuries on both sides: a paused clock may be behind the one that was read first.
    const AT_EPOCH: Moment = Moment::from_nanos(1 << 62);
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    let epoch = *EPOCH.get_or_init(|| instant);
    match instant.checked_duration_since(epoch) {
        Some(since) => AT_EPOCH.after(since),
        None => AT_EPOCH.before(epoch.saturating_duration_since(instant)),
    }
}

/// tokio's clock is std's, except where a test has paused it.
#[cfg(feature = "tokio")]
fn instant() -> Instant {
    tokio::time::Instant::now().into_std()
}

#[cfg(not(feature = "tokio"))]
fn instant() -> Instant {
    Instant::now()
}

/// Blocks this thread for `wait`; a zero wait returns at once.
pub(crate) fn sleep_sync(wait: Duration) {
    match Virtual::current() {
        _ if wait.is_zero() => {}
        Some(clock) => clock.sleep(wait),
        None if mode::waits() => std::thread::sleep(wait),
        None => {}
    }
}

/// For a wait in real time that something else may end before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    ends_at: Moment,
    left: Left,
}

#[derive(Clone, Copy, Debug)]
enum Left {
    /// All of it: nobody has waited yet.
    All(Duration),
    ByTheClock,
    /// A virtual clock does not move by itself.
    NoEnd,
}

impl Patience {
    /// By this virtual clock, or by std's.
    #[inline]
    pub(crate) fn start(limit: Duration, clock: Option<&Virtual>) -> Self {
        match clock {
            Some(clock) => Self { ends_at: clock.now().after(limit), left: Left::NoEnd },
            None => Self { ends_at: std_now().after(limit), left: Left::All(limit) },
        }
    }

    /// As any thread sees it: tokio's paused clock, which may be this thread's alone, has no part in it.
    pub(crate) const fn ends_at(&self) -> Moment {
        self.ends_at
    }

    /// Zero: it is over. `None`: it never is. Asked for the first time it is all that there is, without a look
    /// at the clock.
    #[inline]
    pub(crate) fn left(&mut self) -> Option<Duration> {
        match self.left {
            Left::All(limit) => {
                self.left = Left::ByTheClock;
                Some(limit)
            }
            Left::ByTheClock => Some(self.ends_at.since(std_now())),
            Left::NoEnd => None,
        }
    }
}

/// Also where tokio's clock is paused.
#[inline]
fn std_now() -> Moment {
    moment(Instant::now())
}

/// A timer for a delay, or `None` where nothing is waited for.
#[cfg(feature = "tokio")]
pub(crate) fn sleep(delay: Duration) -> Option<Timer> {
    if mode::waits() { timer_for(delay) } else { None }
}

/// tokio's shortest wait is a whole tick: there is no timer for none.
#[cfg(feature = "tokio")]
fn timer_for(wait: Duration) -> Option<Timer> {
    (!wait.is_zero()).then(|| tokio::time::sleep(wait))
}

/// tokio's timer.
#[cfg(feature = "tokio")]
pub(crate) type Timer = tokio::time::Sleep;

/// A timer that fires at `at`, or `None` where that is over already.
#[cfg(feature = "tokio")]
pub(crate) fn timer(at: Moment) -> Option<Timer> {
    timer_for(at.since(real_now()))
}

/// Instead of a wait that cannot be counted.
#[cfg(all(feature = "stream", feature = "tokio"))]
const CENTURY: Duration = Duration::from_secs(100 * 31_536_000);

/// Makes a timer fire after `wait`; one that is there is set anew. `None` where nothing is waited for.
#[cfg(all(feature = "stream", feature = "tokio"))]
pub(crate) fn restart(timer: &mut Option<Pin<Box<Timer>>>, wait: Duration) {
    match timer.as_mut().filter(|_| !wait.is_zero()) {
        Some(timer) => {
            let now = tokio::time::Instant::now();
            timer.as_mut().reset(now.checked_add(wait).unwrap_or(now + CENTURY));
        }
        None => *timer = timer_for(wait).map(Box::pin),
    }
}

/// Whether a timer has fired; one that is not there has nothing to wait for.
#[cfg(feature = "tokio")]
#[inline(never)]
pub(crate) fn has_elapsed(timer: Option<Pin<&mut Timer>>, context: &mut Context<'_>) -> bool {
    timer.is_none_or(|timer| timer.poll(context).is_ready())
}

/// When a timer fires.
#[cfg(feature = "tokio")]
pub(crate) fn due(timer: &Timer) -> Moment {
    moment(timer.deadline().into_std())
}

/// The state behind a virtual clock: it moves only when told to, or when somebody sleeps by it.
#[derive(Debug)]
pub(crate) struct Virtual {
    start: Moment,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    elapsed: Duration,
    sleeps: Vec<Duration>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Virtual>>> = const { RefCell::new(None) };
}

impl Virtual {
    pub(crate) fn new() -> Self {
        Self { start: real_now(), told: Mutex::default() }
    }

    /// The virtual clock of this thread, if it goes by one. `None` while the thread is shutting down.
    #[inline]
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(|current| current.borrow().clone()).unwrap_or_default()
    }

    /// Makes this thread go by `clock`, and says what it went by before.
    #[inline]
    pub(crate) fn install(clock: Option<Arc<Self>>) -> Option<Arc<Self>> {
        CURRENT.try_with(|current| current.replace(clock)).unwrap_or_default()
    }

    pub(crate) fn now(&self) -> Moment {
        self.start.after(self.elapsed())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        lock(&self.told).elapsed
    }

    pub(crate) fn advance(&self, by: Duration) {
        let mut told = lock(&self.told);
        told.elapsed = told.elapsed.saturating_add(by);
    }

    fn sleep(&self, wait: Duration) {
        self.advance(wait);
        lock(&self.told).sleeps.push(wait);
    }

    pub(crate) fn sleeps(&self) -> Vec<Duration> {
        lock(&self.told).sleeps.clone()
    }
}
