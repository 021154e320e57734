//! What the tests share: an error as users write it, a service that follows a script, and the events
//! that a subscriber sees. No test lives here.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use resilient::testing::{ClockHandle, VirtualClock};
use resilient::{CircuitOpenError, Retryable, TimeoutError};
use tracing::field::{Field, Visit};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Metadata};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// A service's error, as a user of the crate writes it.
#[derive(Debug, thiserror::Error, Retryable)]
pub(crate) enum Fault {
    #[error("no connection")]
    #[retryable(transient)]
    Connect(#[source] std::io::Error),
    #[error("busy")]
    #[retryable(transient, retry_after = retry_after)]
    Busy { retry_after: Option<Duration> },
    #[error("refused: {0}")]
    #[retryable(permanent)]
    Refused(String),
    #[error(transparent)]
    #[retryable(transparent)]
    Timeout(#[from] TimeoutError),
    #[error(transparent)]
    #[retryable(transparent)]
    CircuitOpen(#[from] CircuitOpenError),
}

impl Fault {
    pub(crate) fn connect() -> Self {
        Self::Connect(std::io::ErrorKind::ConnectionRefused.into())
    }
}

/// What a service does with one call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Answer(u32),
    /// A transient failure.
    Fail,
    /// A permanent one.
    Refuse,
    /// No answer within anybody's patience.
    Hang,
}

/// Follows its script, then goes on with the last step.
#[derive(Clone)]
pub(crate) struct Service(Arc<Inner>);

struct Inner {
    script: Mutex<VecDeque<Step>>,
    calls: AtomicUsize,
    clock: Option<ClockHandle>,
}

impl Service {
    pub(crate) fn new(script: &[Step], clock: Option<ClockHandle>) -> Self {
        Self(Arc::new(Inner {
            script: Mutex::new(script.iter().copied().collect()),
            calls: AtomicUsize::new(0),
            clock,
        }))
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.calls.load(Ordering::SeqCst)
    }

    fn step(&self) -> Step {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        let mut script = self.0.script.lock().unwrap_or_else(PoisonError::into_inner);
        if script.len() > 1 { script.pop_front() } else { script.front().copied() }.unwrap_or(Step::Answer(0))
    }

    pub(crate) fn call(&self) -> Result<u32, Fault> {
        match self.step() {
            Step::Answer(answer) => Ok(answer),
            Step::Fail => Err(Fault::connect()),
            Step::Refuse => Err(Fault::Refused("no".into())),
            Step::Hang => {
                // By the virtual clock: longer than any limit in these tests.
                self.0.clock.as_ref().expect("a clock to hang by").advance(Duration::from_secs(100_000));
                Ok(0)
            }
        }
    }

    pub(crate) async fn call_async(&self) -> Result<u32, Fault> {
        match self.step() {
            Step::Answer(answer) => Ok(answer),
            Step::Fail => Err(Fault::connect()),
            Step::Refuse => Err(Fault::Refused("no".into())),
            Step::Hang => std::future::pending().await,
        }
    }
}

/// An event's name and fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) fields: BTreeMap<&'static str, String>,
}

impl Event {
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// The events of the target `resilient`, in order.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Mutex<Vec<Event>>>);

impl Events {
    /// While `tracing` knows of one subscriber only, it asks whatever thread comes to an event first
    /// whether anybody listens, and remembers a no for ever. So two that say "sometimes" are always there.
    pub(crate) fn keep_listening() {
        static ALWAYS_THERE: LazyLock<[Dispatch; 2]> =
            LazyLock::new(|| [(); 2].map(|()| Dispatch::new(tracing_subscriber::registry().with(Sometimes))));
        LazyLock::force(&ALWAYS_THERE);
    }

    /// Collects what this thread (and the workers that run its bodies) emits until the guard is dropped.
    pub(crate) fn collect() -> (Self, tracing::subscriber::DefaultGuard) {
        Self::keep_listening();
        let events = Self::default();
        let subscriber = tracing_subscriber::registry().with(events.clone());
        (events, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn all(&self) -> Vec<Event> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.all().into_iter().map(|event| event.name).collect()
    }

    pub(crate) fn named(&self, name: &str) -> Vec<Event> {
        self.all().into_iter().filter(|event| event.name == name).collect()
    }
}

struct Sometimes;

impl<S: tracing::Subscriber> Layer<S> for Sometimes {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>, _: Context<'_, S>) -> bool {
        false
    }
}

impl<S: tracing::Subscriber> Layer<S> for Events {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "resilient" {
            return;
        }
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        let name = fields.0.remove("event").unwrap_or_default();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Event { name, fields: fields.0 });
    }
}

struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// Runs a future under tokio's paused clock.
pub(crate) fn paused<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Runs a closure under a virtual clock.
pub(crate) fn virtually<T>(run: impl FnOnce(&VirtualClock) -> T) -> T {
    let clock = VirtualClock::install();
    run(&clock)
}
