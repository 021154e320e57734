//! A circuit as threads share it: the machine behind a lock that no user code runs under, and a word
//! beside it that lets a call through a healthy circuit without lock, clock or write. What the states
//! mean is decided in `machine`; names are kept in `registry`.

use std::panic::Location;
use std::time::Duration;

use crate::clock::{self, Moment};
use crate::error::{CarriesCircuitOpen, CircuitOpenError};
use crate::event;
use crate::sync::{AtomicU64, Mutex, Ordering, fence, lock};

mod breaker;
mod machine;
mod permit;
mod registry;

pub use breaker::CircuitBreaker;
pub use machine::CircuitState;
pub use permit::Permit;
pub use registry::{circuit, circuits};

use machine::{Machine, Pass, Settings, Standing, Transition};

/// The live circuit of one name: what [`CircuitBreaker`]s of that name share.
///
/// Reached through a breaker (which derefs to it), [`circuit`] or [`circuits`].
#[derive(Debug)]
pub struct Circuit {
    name: &'static str,
    settings: Settings,
    /// Where the settings that hold were written.
    place: &'static Location<'static>,
    /// Generation and standing of the machine, for calls that need not ask it; see [`Word`].
    word: AtomicU64,
    /// While the word says "refusing": until when.
    refusing_until: AtomicU64,
    /// When the next refusal is told as an event; refusals come in floods.
    next_report: AtomicU64,
    machine: Mutex<Machine>,
}

/// What [`Circuit::snapshot`] shows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CircuitSnapshot {
    /// The circuit's name.
    pub name: &'static str,
    /// Its state now.
    pub state: CircuitState,
    /// Failures in a row, while it is closed.
    pub consecutive_failures: u32,
    /// Probes that were let through and have not come back.
    pub probes_in_flight: usize,
    /// How long a call would have to wait at the most; `None`: it would pass.
    pub retry_after: Option<Duration>,
}

/// `generation × 4 + standing`, in one atomic.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word(u64);

impl Word {
    const CLEAN: u64 = 0;
    const FAILING: u64 = 1;
    const REFUSING: u64 = 2;
    const ASK: u64 = 3;

    fn of(machine: &Machine) -> Self {
        Self::new(
            machine.generation(),
            match machine.standing() {
                Standing::Clean => Self::CLEAN,
                Standing::Failing => Self::FAILING,
                Standing::Refusing(_) => Self::REFUSING,
                Standing::Ask => Self::ASK,
            },
        )
    }

    #[inline]
    const fn new(generation: u64, standing: u64) -> Self {
        Self(generation << 2 | standing)
    }

    #[inline]
    const fn generation(self) -> u64 {
        self.0 >> 2
    }

    #[inline]
    const fn standing(self) -> u64 {
        self.0 & 3
    }

    #[inline]
    const fn lets_through(self) -> bool {
        self.standing() <= Self::FAILING
    }
}

impl Circuit {
    fn new(name: &'static str, settings: Settings, place: &'static Location<'static>) -> Self {
        Self {
            name,
            settings,
            place,
            word: AtomicU64::new(Word::new(0, Word::CLEAN).0),
            refusing_until: AtomicU64::new(0),
            next_report: AtomicU64::new(0),
            machine: Mutex::new(Machine::new(settings)),
        }
    }

    /// The circuit's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The state as a call now would meet it: an open circuit whose recovery timeout has passed is
    /// half-open, also before a call has found out.
    #[must_use]
    pub fn state(&self) -> CircuitState {
        let now = clock::now();
        lock(&self.machine).state(now)
    }

    /// State and counts at one instant.
    #[must_use]
    pub fn snapshot(&self) -> CircuitSnapshot {
        let now = clock::now();
        let machine = lock(&self.machine);
        CircuitSnapshot {
            name: self.name,
            state: machine.state(now),
            consecutive_failures: machine.failures(),
            probes_in_flight: machine.probes_in_flight(now),
            retry_after: machine.retry_after(now),
        }
    }

    /// Closes the circuit and forgets all failures, also of one that was forced. Calls that are
    /// running then no longer count.
    pub fn reset(&self) {
        self.report(|machine, _| machine.reset());
    }

    /// Refuses every call until [`reset`](Self::reset).
    pub fn force_open(&self) {
        self.report(|machine, _| machine.force_open());
    }

    /// Lets every call pass, whatever fails, until [`reset`](Self::reset).
    pub fn force_closed(&self) {
        self.report(|machine, _| machine.force_closed());
    }

    /// Asks for admission by hand: for code that is not a function or closure. A permit that is
    /// dropped without [`success`](Permit::success) or [`failure`](Permit::failure) counts neither way.
    ///
    /// # Errors
    /// The circuit is open, or half-open with all probes out.
    #[inline]
    pub fn enter(&self) -> Result<Permit<'_>, CircuitOpenError> {
        self.enter_for(Duration::ZERO)
    }

    /// [`enter`](Self::enter) for a call that takes up to `longest` by its own settings.
    #[inline]
    fn enter_for(&self, longest: Duration) -> Result<Permit<'_>, CircuitOpenError> {
        let word = Word(self.word.load(Ordering::Relaxed));
        if word.lets_through() {
            let pass = Pass { generation: word.generation(), probe: None };
            return Ok(Permit::new(self, pass));
        }
        self.ask(word, longest)
    }

    /// Runs `function` if the circuit lets it; every `Err` counts as a failure.
    ///
    /// # Errors
    /// What `function` returns, or the refusal as `E`.
    pub fn call<T, E>(&self, function: impl FnOnce() -> Result<T, E>) -> Result<T, E>
    where
        E: CarriesCircuitOpen,
    {
        let permit = self.enter().map_err(E::from_circuit_open)?;
        permit.settle(function(), |_| true)
    }

    /// [`call`](Self::call) for an async closure. Dropping the future counts neither way.
    ///
    /// # Errors
    /// What `function` returns, or the refusal as `E`.
    pub async fn call_async<T, E>(&self, function: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E>
    where
        E: CarriesCircuitOpen,
    {
        let permit = self.enter().map_err(E::from_circuit_open)?;
        let outcome = permit.during(function()).await;
        permit.settle(outcome, |_| true)
    }

    /// The rest of [`enter`](Self::enter): the circuit is not closed, or was not a moment ago.
    #[cold]
    fn ask(&self, word: Word, longest: Duration) -> Result<Permit<'_>, CircuitOpenError> {
        // Pairs with the store in `change`: what was published before this word is seen, too.
        fence(Ordering::Acquire);
        let now = clock::now();
        if word.standing() == Word::REFUSING {
            let until = Moment::from_nanos(self.refusing_until.load(Ordering::Relaxed));
            // Without the lock: however stale the two loads are, `until` was announced by an open
            // circuit, and a forced one (`MAX`) is asked, to name a finite wait.
            if now < until && until != Moment::MAX {
                return Err(self.refuse(now, until.since(now)));
            }
        }
        match self.change(|machine| machine.admit(now, longest)) {
            Ok(pass) => Ok(Permit::new(self, pass)),
            Err(wait) => Err(self.refuse(now, wait)),
        }
    }

    fn refuse(&self, now: Moment, retry_after: Duration) -> CircuitOpenError {
        /// One line a second tells of a flood as well as a million lines.
        const BETWEEN_REPORTS: Duration = Duration::from_secs(1);

        let due = self.next_report.load(Ordering::Relaxed);
        let next = now.after(BETWEEN_REPORTS).as_nanos();
        let tells = now.as_nanos() >= due
            && self.next_report.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if tells {
            event::circuit_rejected(self.name, retry_after);
        }
        CircuitOpenError { name: self.name, retry_after }
    }

    /// An admitted call succeeded. On a healthy circuit that is one load.
    #[inline]
    fn succeed(&self, pass: Pass) {
        if self.word.load(Ordering::Relaxed) != Word::new(pass.generation, Word::CLEAN).0 {
            self.report(|machine, now| machine.succeed(pass, now));
        }
    }

    #[cold]
    fn report(&self, change: impl FnOnce(&mut Machine, Moment) -> Option<Transition>) {
        let now = clock::now();
        self.change(|machine| ((), change(machine, now)));
    }

    /// Changes the machine under the lock, publishes what fast paths may know of it, and tells what
    /// happened after the lock is released.
    fn change<A>(&self, change: impl FnOnce(&mut Machine) -> (A, Option<Transition>)) -> A {
        let mut machine = lock(&self.machine);
        let (answer, transition) = change(&mut machine);
        if let Standing::Refusing(until) = machine.standing() {
            self.refusing_until.store(until.as_nanos(), Ordering::Relaxed);
        }
        self.word.store(Word::of(&machine).0, Ordering::Release);
        drop(machine);
        match transition {
            Some(Transition::Opened { failures }) => {
                event::circuit_open(self.name, failures, self.settings.recovery_timeout);
            }
            Some(Transition::ForcedOpen) => event::circuit_forced_open(self.name),
            Some(Transition::HalfOpened) => event::circuit_half_open(self.name),
            Some(Transition::Closed) => event::circuit_closed(self.name),
            None => {}
        }
        answer
    }
}

#[cfg(test)]
mod tests;
