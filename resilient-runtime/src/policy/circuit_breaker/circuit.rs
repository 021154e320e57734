//! A circuit as threads share it: the machine behind a lock that no user code runs under, and a word
//! beside it that lets a call through a healthy circuit without lock, clock or write. What the states
//! mean is decided in `machine`.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::machine::{Machine, Pass, Standing, Transition};
use super::news::News;
use super::settings::Settings;
use super::word::Word;
use super::{CircuitState, FailureKind, Permit, Verdict};
use crate::clock::{self, Moment};
use crate::error::{CarriesCircuitOpen, CircuitOpenError};
use crate::event;
use crate::successes::Successes;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, between_write_and_read, fence, lock};

/// The live circuit of one name: what [`CircuitBreaker`](crate::CircuitBreaker)s of that name share; or of one key, see
/// [`KeyedCircuitBreaker`](crate::KeyedCircuitBreaker).
///
/// Reached through a breaker or a [`KeyedCircuit`](crate::KeyedCircuit) (which deref to it),
/// [`circuit`](crate::circuit) or [`circuits`](crate::circuits).
#[derive(Debug)]
pub struct Circuit {
    name: &'static str,
    /// Where the settings that hold were written.
    pub(super) place: &'static Location<'static>,
    /// A call that takes more nanoseconds is slow. `MAX`: none is, and the clock is not asked.
    slow_above: u64,
    /// Generation and standing of the machine, for calls that need not ask it; see [`Word`].
    pub(super) word: AtomicU64,
    /// While the word says "refusing": until when.
    pub(super) refusing_until: AtomicU64,
    /// When the next refusal is told as an event; refusals come in floods.
    next_report: AtomicU64,
    /// Successes that the machine is not told of, in a window of time.
    apart: Option<Arc<Successes>>,
    shared: Mutex<Shared>,
}

/// When a call began, where it matters how long it takes.
pub(super) type Began = Option<Moment>;

/// What the lock protects.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) machine: Machine,
    /// What the last failure that counted was.
    pub(super) last_failure: Option<FailureKind>,
    pub(super) news: News,
}

impl Circuit {
    pub(crate) fn new(
        name: &'static str,
        settings: &'static Settings,
        place: &'static Location<'static>,
    ) -> Self {
        let machine = Machine::new(settings);
        Self {
            name,
            place,
            slow_above: settings.slow_above(),
            word: AtomicU64::new(Word::of(&machine).0),
            refusing_until: AtomicU64::new(0),
            next_report: AtomicU64::new(0),
            apart: machine.apart(),
            shared: Mutex::new(Shared { machine, last_failure: None, news: News::new() }),
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
        self.shared().machine.state(now)
    }

    /// Closes the circuit and forgets all failures, also of one that was forced. Calls that are
    /// running then no longer count.
    pub fn reset(&self) {
        self.change(|shared| {
            shared.last_failure = None;
            ((), shared.machine.reset())
        });
    }

    /// Refuses every call until [`reset`](Self::reset).
    pub fn force_open(&self) {
        self.command(Machine::force_open);
    }

    /// Lets every call pass, whatever fails, until [`reset`](Self::reset).
    pub fn force_closed(&self) {
        self.command(Machine::force_closed);
    }

    /// Takes the breaker out of the way: lets every call pass and looks at no result, until
    /// [`reset`](Self::reset).
    pub fn disable(&self) {
        self.command(Machine::disable);
    }

    /// What the lock protects. No code of the user's may run while it is held.
    pub(super) fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
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
    pub fn permit(&self) -> Permit<'_> {
        Permit::new(self)
    }

    /// What may be known without asking.
    #[inline]
    pub(super) fn word(&self) -> Word {
        Word(self.word.load(Ordering::Relaxed))
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
        let mut permit = self.enter().map_err(E::from_circuit_open)?;
        let outcome = permit.during(function()).await;
        permit.settle(outcome, |_| true)
    }

    /// Admits a call that is not a quick one: calls are timed, or the circuit is not closed, or was not a
    /// moment ago. The call may take up to `longest` by its own settings.
    #[cold]
    pub(super) fn ask(&self, word: Word, longest: Duration) -> Result<(Pass, Began), CircuitOpenError> {
        // Pairs with the store in `change`: what was published before this word is seen, too.
        fence(Ordering::Acquire);
        let now = clock::now();
        if word.lets_through() {
            return Ok((Pass { generation: word.generation(), probe: None }, Some(now)));
        }
        if word.standing() == Word::REFUSING {
            let until = Moment::from_nanos(self.refusing_until.load(Ordering::Relaxed));
            // Without the lock: however stale the two loads are, `until` was announced by an open
            // circuit, and a forced one (`MAX`) is asked, to name a finite wait.
            if now < until && until != Moment::MAX {
                return Err(self.refuse(now, until.since(now)));
            }
        }
        match self.change(|shared| shared.machine.admit(now, longest)) {
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

    const fn tells_slow(&self) -> bool {
        self.slow_above != u64::MAX
    }

    /// An admitted call ended; a `kind` is what it failed with.
    #[cold]
    pub(super) fn settle(&self, pass: Pass, began: Began, verdict: Verdict, kind: Option<FailureKind>) {
        // Only a probe has anything to give back.
        if verdict == Verdict::Neutral && pass.probe.is_none() {
            return;
        }
        let ended = began.map(|_| clock::now());
        let took = began.zip(ended).map(|(began, ended)| ended.since(began));
        let slow = took.is_some_and(|took| took > Duration::from_nanos(self.slow_above));
        let word = self.word();
        if verdict == Verdict::Success && !slow && word.is_clean_for(pass) {
            if let Some(apart) = self.apart.as_ref().filter(|_| word.counts_apart()) {
                self.count_apart(apart, word, ended.unwrap_or_else(clock::now));
            }
        } else {
            let now = ended.unwrap_or_else(clock::now);
            self.change(|shared| {
                if kind.is_some() && pass.generation == shared.machine.generation() {
                    shared.last_failure = kind;
                }
                ((), shared.machine.settle(pass, verdict, slow, now))
            });
            // Successes that began to be counted apart before the word said that there is more to count.
            if word.counts_apart() {
                between_write_and_read();
                self.change(|shared| ((), shared.machine.judge(now)));
            }
        }
    }

    /// Counts a success; and where the word has changed meanwhile, whoever changed it may not have counted
    /// it, so it is looked at again. Both sides write first and read then, in one order for all threads: so
    /// one of the two sees the other.
    fn count_apart(&self, apart: &Successes, word: Word, now: Moment) {
        apart.add(word.generation(), now);
        between_write_and_read();
        if self.word.load(Ordering::SeqCst) != word.0 {
            self.change(|shared| ((), shared.machine.judge(now)));
        }
    }

    /// Tells the machine to change now.
    fn command(&self, change: impl FnOnce(&mut Machine) -> Option<Transition>) {
        self.change(|shared| ((), change(&mut shared.machine)));
    }

    /// Changes the machine under the lock and publishes what fast paths may know of it. What happened is
    /// told after the lock is released; see `news`.
    fn change<A>(&self, change: impl FnOnce(&mut Shared) -> (A, Option<Transition>)) -> A {
        let mut shared = self.shared();
        let (answer, transition) = change(&mut shared);
        if let Standing::Refusing(until) = shared.machine.standing() {
            self.refusing_until.store(until.as_nanos(), Ordering::Relaxed);
        }
        self.word.store(Word::of(&shared.machine).0, Ordering::SeqCst);
        let told = transition.and_then(|transition| shared.news.take_up(transition));
        drop(shared);
        if let Some(first) = told {
            self.tell(first);
        }
        answer
    }
}

/// Whether to tell now of what comes in floods: one line a second says as much as a million lines.
pub(super) fn is_due(next_report: &AtomicU64, now: Moment) -> bool {
    const BETWEEN_REPORTS: Duration = Duration::from_secs(1);

    let due = next_report.load(Ordering::Relaxed);
    let next = now.after(BETWEEN_REPORTS).as_nanos();
    now.as_nanos() >= due
        && next_report.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}
