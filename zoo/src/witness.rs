//! What the fixtures are watched by: how often a body ran, what it saw of its arguments, and what its
//! caller got for it. Knows no policy, only what one does to the number of runs and to the result.

use std::fmt::Debug;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use resilient::testing::VirtualClock;
use resilient::{CircuitOpenError, Retryable, Served, TimeoutError};

/// The error of most fixtures.
#[derive(Debug, thiserror::Error, Retryable)]
pub enum Fault {
    /// What the witness makes a body fail with.
    #[error("no connection")]
    #[retryable(transient)]
    Lost,
    /// Taken over from somebody else's error.
    #[error(transparent)]
    #[retryable(permanent)]
    Number(#[from] std::num::ParseIntError),
    /// A timeout's or a deadline's.
    #[error(transparent)]
    #[retryable(transparent)]
    Timeout(#[from] TimeoutError),
    /// A breaker's.
    #[error(transparent)]
    #[retryable(transparent)]
    CircuitOpen(#[from] CircuitOpenError),
}

/// What a stack does to a function that fails.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// It is run up to three times.
    pub repeats: bool,
    /// Its caller gets a default in the end.
    pub degrades: bool,
}

/// Watches the functions of one module, one at a time.
#[derive(Debug)]
pub struct Witness {
    session: Mutex<()>,
    runs: Mutex<Runs>,
}

#[derive(Debug)]
struct Runs {
    failures_left: usize,
    seen: Vec<String>,
}

impl Witness {
    /// Has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { session: Mutex::new(()), runs: Mutex::new(Runs { failures_left: 0, seen: Vec::new() }) }
    }

    /// Said by a body about what it sees: fails as often as it is told to.
    ///
    /// # Errors
    /// [`Fault::Lost`].
    pub fn attempt(&self, sees: impl Debug) -> Result<(), Fault> {
        let note = format!("{sees:?}");
        let left = {
            let mut runs = lock(&self.runs);
            runs.seen.push(note);
            let left = runs.failures_left;
            runs.failures_left = left.saturating_sub(1);
            left
        };
        if left == 0 { Ok(()) } else { Err(Fault::Lost) }
    }

    /// [`attempt`](Self::attempt), after the body was suspended once.
    ///
    /// # Errors
    /// [`Fault::Lost`].
    pub async fn attempt_later(&self, sees: impl Debug) -> Result<(), Fault> {
        tokio::task::yield_now().await;
        self.attempt(sees)
    }

    /// How many runs were seen of the call that is going on.
    #[must_use]
    pub fn runs(&self) -> usize {
        lock(&self.runs).seen.len()
    }

    /// What one call comes to whose first `failures` attempts fail, and what each run saw.
    pub fn watch<C: Call<M>, M>(
        &self,
        failures: usize,
        call: &mut impl FnMut() -> C,
    ) -> (C::Came, Vec<String>) {
        let session = lock(&self.session);
        *lock(&self.runs) = Runs { failures_left: failures, seen: Vec::new() };
        let came = C::run(call);
        let seen = std::mem::take(&mut lock(&self.runs).seen);
        drop(session);
        (came, seen)
    }

    /// A call gives `expected`, and every attempt sees its arguments as the first did.
    ///
    /// # Panics
    /// It does not.
    pub fn check<T, C, V, E, M>(&self, policy: Policy, expected: T, mut call: impl FnMut() -> C)
    where
        C: Call<M, Came = Result<Served<V>, E>>,
        V: PartialEq<T> + Debug,
        T: Debug,
    {
        for failures in 0..4 {
            let (came, seen) = self.watch(failures, &mut call);
            assert!(seen.windows(2).all(|two| two.first() == two.last()), "as passed: {seen:?}");
            Self::judge(policy, failures, seen.len(), &expected, came.as_ref().ok());
        }
    }

    /// A call gives what is `expected` of the last of so many runs.
    ///
    /// # Panics
    /// It does not.
    pub fn check_changing<T, C, V, E, M>(
        &self,
        policy: Policy,
        expected: impl Fn(usize) -> T,
        mut call: impl FnMut() -> C,
    ) where
        C: Call<M, Came = Result<Served<V>, E>>,
        V: PartialEq<T> + Debug,
        T: Debug,
    {
        for failures in 0..4 {
            let (came, seen) = self.watch(failures, &mut call);
            Self::judge(policy, failures, seen.len(), &expected(seen.len()), came.as_ref().ok());
        }
    }

    fn judge<T: Debug, V: PartialEq<T> + Debug>(
        policy: Policy,
        failures: usize,
        runs: usize,
        expected: &T,
        came: Option<&Served<V>>,
    ) {
        let attempts = if policy.repeats { 3 } else { 1 };
        assert_eq!(runs, attempts.min(failures + 1), "runs, after {failures} failures");
        match came {
            Some(served) if served.is_degraded() => assert!(policy.degrades && failures >= attempts),
            Some(served) => {
                assert!(failures < attempts, "{failures} failures gave {served:?}");
                assert_eq!(&**served, expected, "after {failures} failures");
            }
            None => assert!(failures >= attempts && !policy.degrades, "an error after {failures} failures"),
        }
    }
}

impl Default for Witness {
    fn default() -> Self {
        Self::new()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a fixture gives when it is called, run to its end without waiting in real time.
pub trait Call<M>: Sized {
    /// What it comes to.
    type Came;
    /// Makes the call and runs it.
    fn run(call: impl FnOnce() -> Self) -> Self::Came;
}

/// Of functions that give a result.
#[derive(Debug)]
pub struct Blocking;

/// Of functions that give a future.
#[derive(Debug)]
pub struct Awaited;

impl<T, E> Call<Blocking> for Result<T, E> {
    type Came = Self;
    fn run(call: impl FnOnce() -> Self) -> Self {
        let _clock = VirtualClock::install();
        call()
    }
}

impl<T> Call<Blocking> for Option<T> {
    type Came = Self;
    fn run(call: impl FnOnce() -> Self) -> Self {
        let _clock = VirtualClock::install();
        call()
    }
}

impl<F: Future> Call<Awaited> for F {
    type Came = F::Output;
    fn run(call: impl FnOnce() -> Self) -> F::Output {
        paused(async { call().await })
    }
}

/// Runs a future under tokio's paused clock.
///
/// # Panics
/// There is no runtime to be had.
pub fn paused<F: Future>(future: F) -> F::Output {
    let made = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    #[expect(clippy::expect_used, reason = "nothing can be seen without a runtime")]
    let runtime = made.expect("a runtime");
    runtime.block_on(future)
}
