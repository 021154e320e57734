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
mod builder;
pub mod check;
mod keyed;
mod machine;
mod permit;
mod registry;
mod settings;
mod snapshot;
mod state;

pub use breaker::CircuitBreaker;
pub use keyed::{AsCircuitKey, CircuitKey, KeyedCircuit, KeyedCircuitBreaker};
pub use permit::Permit;
pub use registry::{circuit, circuits};
pub use snapshot::CircuitSnapshot;
pub use state::{CircuitState, Verdict};

use machine::{Cause, Machine, Pass, Standing, Transition};
use settings::Settings;

/// The live circuit of one name: what [`CircuitBreaker`]s of that name share; or of one key, see
/// [`KeyedCircuitBreaker`].
///
/// Reached through a breaker or a [`KeyedCircuit`] (which deref to it), [`circuit`] or [`circuits`].
#[derive(Debug)]
pub struct Circuit {
    name: &'static str,
    /// Where the settings that hold were written.
    place: &'static Location<'static>,
    /// A call that takes more nanoseconds is slow. `MAX`: none is, and the clock is not asked.
    slow_above: u64,
    /// Generation and standing of the machine, for calls that need not ask it; see [`Word`].
    word: AtomicU64,
    /// While the word says "refusing": until when.
    refusing_until: AtomicU64,
    /// When the next refusal is told as an event; refusals come in floods.
    next_report: AtomicU64,
    machine: Mutex<Machine>,
}

/// `generation × 4 + standing`, in one atomic.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word(u64);

impl Word {
    const CLEAN: u64 = 0;
    const COUNTING: u64 = 1;
    const REFUSING: u64 = 2;
    const ASK: u64 = 3;

    fn of(machine: &Machine) -> Self {
        Self::new(
            machine.generation(),
            match machine.standing() {
                Standing::Clean => Self::CLEAN,
                Standing::Counting => Self::COUNTING,
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
        self.standing() <= Self::COUNTING
    }
}

impl Circuit {
    fn new(name: &'static str, settings: Settings, place: &'static Location<'static>) -> Self {
        let machine = Machine::new(settings);
        Self {
            name,
            place,
            slow_above: settings.slow().map_or(u64::MAX, |slow| nanos(slow.call)),
            word: AtomicU64::new(Word::of(&machine).0),
            refusing_until: AtomicU64::new(0),
            next_report: AtomicU64::new(0),
            machine: Mutex::new(machine),
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

    /// Closes the circuit and forgets all failures, also of one that was forced. Calls that are
    /// running then no longer count.
    pub fn reset(&self) {
        self.report(None, |machine, _| machine.reset());
    }

    /// Refuses every call until [`reset`](Self::reset).
    pub fn force_open(&self) {
        self.report(None, |machine, _| machine.force_open());
    }

    /// Lets every call pass, whatever fails, until [`reset`](Self::reset).
    pub fn force_closed(&self) {
        self.report(None, |machine, _| machine.force_closed());
    }

    /// Asks for admission by hand: for code that is not a function or closure. A permit that is
    /// dropped without [`success`](Permit::success) or [`failure`](Permit::failure) counts neither way.
    ///
    /// # Errors
    /// The circuit is open, or half-open with all probes out.
    #[inline]
    pub fn enter(&self) -> Result<Permit<'_>, CircuitOpenError> {
        let mut permit = self.permit();
        match permit.refused(Duration::ZERO) {
            Some(refused) => Err(refused),
            None => Ok(permit),
        }
    }

    /// A permit that the circuit is yet to be asked for.
    #[doc(hidden)]
    #[inline]
    pub const fn permit(&self) -> Permit<'_> {
        Permit::new(self)
    }

    /// What a permit needs for a call that takes up to `longest` by its own settings: the machine's pass,
    /// and when the call began, where that matters.
    #[inline]
    fn admit(&self, longest: Duration) -> Result<(Pass, Option<Moment>), CircuitOpenError> {
        let word = Word(self.word.load(Ordering::Relaxed));
        if word.lets_through() {
            let pass = Pass { generation: word.generation(), probe: None };
            return Ok((pass, self.tells_slow().then(clock::now)));
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

    /// The rest of [`admit`](Self::admit): the circuit is not closed, or was not a moment ago.
    #[cold]
    fn ask(&self, word: Word, longest: Duration) -> Result<(Pass, Option<Moment>), CircuitOpenError> {
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
            Ok(pass) => Ok((pass, self.tells_slow().then_some(now))),
            Err(wait) => Err(self.refuse(now, wait)),
        }
    }

    fn refuse(&self, now: Moment, retry_after: Duration) -> CircuitOpenError {
        if is_due(&self.next_report, now) {
            event::circuit_rejected(self.name, retry_after);
        }
        CircuitOpenError { name: self.name, retry_after }
    }

    #[inline]
    const fn tells_slow(&self) -> bool {
        self.slow_above != u64::MAX
    }

    /// Whether one more quick success of this generation changes nothing.
    #[inline]
    fn is_clean(&self, generation: u64) -> bool {
        self.word.load(Ordering::Relaxed) == Word::new(generation, Word::CLEAN).0
    }

    /// An admitted call ended.
    #[cold]
    fn settle(&self, pass: Pass, began: Option<Moment>, verdict: Verdict) {
        // Only a probe has anything to give back.
        if verdict == Verdict::Neutral && pass.probe.is_none() {
            return;
        }
        let ended = began.map(|_| clock::now());
        let took = began.zip(ended).map(|(began, ended)| ended.since(began));
        let slow = took.is_some_and(|took| nanos(took) > self.slow_above);
        if verdict != Verdict::Success || slow || !self.is_clean(pass.generation) {
            self.report(ended, |machine, now| machine.settle(pass, verdict, slow, now));
        }
    }

    /// Tells the machine, at `now` if it is known.
    #[cold]
    fn report(&self, now: Option<Moment>, change: impl FnOnce(&mut Machine, Moment) -> Option<Transition>) {
        let now = now.unwrap_or_else(clock::now);
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
            Some(Transition::Opened { cause, period }) => self.tell_open(cause, period),
            Some(Transition::ForcedOpen) => event::circuit_forced_open(self.name),
            Some(Transition::HalfOpened) => event::circuit_half_open(self.name),
            Some(Transition::Closed) => event::circuit_closed(self.name),
            None => {}
        }
        answer
    }

    fn tell_open(&self, cause: Cause, period: Duration) {
        let (reason, failures, counts) = match cause {
            Cause::Failures(failures) => ("failure_threshold", failures, None),
            Cause::FailureRate(counts) => ("failure_rate", counts.failures, Some(counts)),
            Cause::SlowCallRate(counts) => ("slow_call_rate", counts.failures, Some(counts)),
            Cause::FailedProbe => ("failed_probe", 1, None),
            Cause::SlowProbe => ("slow_probe", 0, None),
        };
        event::circuit_open(self.name, failures, period, reason, counts);
    }
}

/// Whether to tell now of what comes in floods: one line a second says as much as a million lines.
fn is_due(next_report: &AtomicU64, now: Moment) -> bool {
    const BETWEEN_REPORTS: Duration = Duration::from_secs(1);

    let due = next_report.load(Ordering::Relaxed);
    let next = now.after(BETWEEN_REPORTS).as_nanos();
    now.as_nanos() >= due
        && next_report.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
