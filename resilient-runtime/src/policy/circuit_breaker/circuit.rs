//! A circuit as threads share it: the machine behind a lock that no user code runs under, and a word
//! beside it that lets a call through a healthy circuit without lock, clock or write. What the states
//! mean is decided in `machine`.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::door::{Door, Entrance as _};
use super::machine::{Machine, Pass, Settled, Standing, Transition};
use super::news::News;
use super::settings::Settings;
use super::word::Word;
use super::{CircuitState, FailureKind, Permit, Verdict};
use crate::clock::{self, Moment};
use crate::error::{CarriesCircuitOpen, CircuitOpenError};
use crate::event;
use crate::mode;
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
    /// Calls that nobody said the end of.
    pub(super) abandoned: AtomicU64,
    /// Successes that the machine is not told of, in a window of time.
    apart: Option<Arc<Successes>>,
    shared: Mutex<Shared>,
}

/// What the lock protects.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) machine: Machine,
    /// What the last failure that counted was.
    pub(super) last_failure: Option<FailureKind>,
    /// Results that came too late to count.
    pub(super) stale_results: u64,
    pub(super) news: News,
    /// The first of those that are shown the word, too.
    doors: Option<&'static Door>,
}

impl Circuit {
    pub(crate) fn new(
        name: &'static str,
        settings: &'static Settings,
        place: &'static Location<'static>,
    ) -> Self {
        let mut machine = Machine::new(settings);
        if !mode::is_active() {
            machine.disable();
        }
        Self {
            name,
            place,
            slow_above: settings.slow_above(),
            word: AtomicU64::new(Word::of(&machine).0),
            refusing_until: AtomicU64::new(0),
            next_report: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
            apart: machine.apart(),
            shared: Mutex::new(Shared {
                machine,
                last_failure: None,
                stale_results: 0,
                news: News::new(),
                doors: None,
            }),
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
        Permit::new(self, self.shown())
    }

    /// From now on `door` shows the word of this circuit.
    pub(crate) fn show_at(&'static self, door: &'static Door) {
        if door.leads_to(self) {
            self.change(|shared| {
                if let Some(others) = shared.doors.replace(door) {
                    door.before(others);
                }
                ((), None)
            });
        }
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

    /// Admits a call that is not a quick one: its success has to be told, or the circuit is not closed, or was
    /// not a moment ago. The call may take up to `longest` by its own settings. Says what its permit shows, and
    /// when it began, where that matters.
    #[cold]
    pub(super) fn ask(
        &self,
        word: Word,
        longest: Duration,
    ) -> Result<(Word, Option<Moment>), CircuitOpenError> {
        // Pairs with the store in `change`: what was published before this word is seen, too.
        fence(Ordering::Acquire);
        if word.lets_through() {
            let shown = Word::of_pass(Pass::Call { generation: word.generation() });
            return Ok((shown, self.tells_slow().then(clock::now)));
        }
        let now = clock::now();
        if word.standing() == Word::REFUSING {
            let until = Moment::from_nanos(self.refusing_until.load(Ordering::Relaxed));
            // Without the lock: however stale the two loads are, `until` was announced by an open
            // circuit, and a forced one (`MAX`) is asked, to name a finite wait.
            if now < until && until != Moment::MAX {
                return Err(self.refuse(now, until.since(now)));
            }
        }
        match self.change(|shared| shared.machine.admit(now, longest)) {
            Ok(pass) => Ok((Word::of_pass(pass), self.tells_slow().then_some(now))),
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

    /// Nobody said how a call ended that was running just now, or at an await.
    #[cold]
    pub(super) fn give_back(&self, shown: Word, began: Option<Moment>, is_running: bool) {
        if is_running && std::thread::panicking() {
            self.settle(shown, began, Verdict::Failure, FailureKind::Panic);
        } else {
            self.abandoned.fetch_add(1, Ordering::Relaxed);
            self.settle(shown, began, Verdict::Neutral, FailureKind::Reported);
        }
    }

    /// A call ended whose permit shows that. Where the verdict is that it failed, `kind` is what with.
    #[cold]
    pub(super) fn settle(&self, shown: Word, began: Option<Moment>, verdict: Verdict, kind: FailureKind) {
        let pass = shown.pass();
        // Only a probe has anything to give back.
        if verdict == Verdict::Neutral && matches!(pass, Pass::Call { .. }) {
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
            self.change(|shared| match shared.machine.settle(pass, verdict, slow, now) {
                Settled::Stale => {
                    shared.stale_results += u64::from(verdict != Verdict::Neutral);
                    ((), None)
                }
                Settled::InTime(transition) => {
                    if verdict == Verdict::Failure {
                        shared.last_failure = Some(kind);
                    }
                    ((), transition)
                }
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
        let word = Word::of(&shared.machine);
        self.word.store(word.0, Ordering::SeqCst);
        if let Some(door) = shared.doors {
            door.show(word);
        }
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
