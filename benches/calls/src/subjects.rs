//! What is measured: a module for each policy, ours beside others' and what one writes by hand, all around
//! the same function.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilient::{CircuitOpenError, Retryable, TimeoutError};
use tokio::runtime::{Builder, EnterGuard, Runtime};

/// Name, scene, whether it is ours, how it is prepared, what the function is given, the function.
macro_rules! subjects {
    ($($name:literal, $scene:ident, $is_ours:literal, $prepare:expr, $n:expr, $call:expr;)*) => {
        pub fn all() -> Vec<$crate::subjects::Subject> {
            vec![$($crate::subjects::Subject {
                name: $name,
                scene: $crate::subjects::Scene::$scene,
                is_ours: $is_ours,
                prepare: $prepare,
                calls: |calls| $crate::subjects::over_and_over(calls, $n, $call),
            }),*]
        }
    };
}

mod breaker;
mod fallback;
mod hand_off;
pub mod retry;
pub mod stack;
pub mod timeout;

/// Something that is called over and over.
pub struct Subject {
    pub name: &'static str,
    pub scene: Scene,
    /// Ours, which has bounds to keep.
    pub is_ours: bool,
    /// Brings it into the state that it is measured in.
    pub prepare: fn(&Subject),
    /// So many calls. The only place that calls it, so whether it becomes part of the loop is decided for
    /// all subjects alike.
    pub calls: fn(u64),
}

/// What the calls come to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// The breaker is closed, and the function succeeds.
    Success,
    /// The breaker is open, and the function is not run.
    Refusal,
    /// The breaker is closed, stays so, and the function fails.
    Failure,
    /// Retried, and the first attempt succeeds.
    FirstAttempt,
    /// Bounded, and ready at its first poll.
    InTime,
    /// Under a breaker, a retry and a timeout, and the function succeeds.
    Stack,
    /// Under a fallback, and the function succeeds.
    Fallback,
    /// Run by another thread, while its own waits.
    HandOff,
}

#[derive(Debug, Retryable)]
pub enum Error {
    #[retryable(transient)]
    Down,
    #[retryable(permanent)]
    Open,
    #[retryable(transient)]
    Late,
}

impl From<CircuitOpenError> for Error {
    fn from(_: CircuitOpenError) -> Self {
        Self::Open
    }
}

impl From<TimeoutError> for Error {
    fn from(_: TimeoutError) -> Self {
        Self::Late
    }
}

/// Odd numbers fail.
#[inline(never)]
pub fn work(n: u64) -> Result<u64, Error> {
    if n & 1 == 0 { Ok(n) } else { Err(Error::Down) }
}

/// [`work`] as something to await. It never waits.
pub async fn plain(n: u64) -> Result<u64, Error> {
    work(n)
}

pub const SUCCEEDS: u64 = 2;
pub const FAILS: u64 = 1;

/// Calls `call` so often with `n`, which the compiler does not know.
#[inline(always)]
pub fn over_and_over<R>(calls: u64, n: u64, call: impl Fn(u64) -> R) {
    for _ in 0..calls {
        black_box(call(black_box(n)));
    }
}

/// Polls until it is done, by no runtime: that would cost more than what is measured.
#[inline(always)]
pub fn done<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// While what is given here lives, this thread can make tokio's timers. They never fire: nobody drives them.
pub fn timers() -> EnterGuard<'static> {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("it needs no threads"));
    RUNTIME.enter()
}

pub static ALL: LazyLock<Vec<Subject>> = LazyLock::new(|| {
    [
        breaker::all(),
        breaker::awaited::all(),
        retry::all(),
        timeout::all(),
        stack::all(),
        fallback::all(),
        hand_off::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// By its number in [`ALL`].
pub fn find(number: &str) -> Option<&'static Subject> {
    ALL.get(number.parse::<usize>().ok()?)
}

/// For what is ended by time, not by us.
pub const LONG: Duration = Duration::from_secs(3600);
