//! What is demanded of an implementation: no more than its policies need, and only where it is wrapped.

use std::io;
use std::time::Duration;

use resilient::{
    CircuitOpenError, TimeoutError, circuit_breaker, deadline, decorator, fallback, retry, timeout,
};

use crate::support::{Events, Fault, Service, Step, virtually};

/// Promises nothing of its errors.
#[decorator(GuardedAsk)]
trait Ask {
    type Error;

    #[retry(max_attempts = 2)]
    fn ask(&self) -> Result<u32, Self::Error>;
}

/// Classifies its failures, and does nothing else.
struct Mute;

impl resilient::Retryable for Mute {
    fn retry_classification(&self) -> resilient::RetryClassification {
        resilient::RetryClassification::Transient { retry_after: Some(Duration::from_secs(7)) }
    }
}

struct Silent;

impl Ask for Silent {
    type Error = Mute;

    fn ask(&self) -> Result<u32, Mute> {
        Err(Mute)
    }
}

impl Ask for Service {
    type Error = Fault;

    fn ask(&self) -> Result<u32, Fault> {
        self.call()
    }
}

/// Cannot say what is worth another attempt.
struct Unsuitable;

impl Ask for Unsuitable {
    type Error = String;

    fn ask(&self) -> Result<u32, String> {
        Ok(1)
    }
}

#[test]
fn an_error_need_only_be_classified() {
    virtually(|clock| {
        assert!(GuardedAsk::new(Silent).ask().is_err());
        let sleeps = clock.sleeps();
        assert_eq!(sleeps.len(), 1);
        assert!(sleeps[0] >= Duration::from_secs(7), "by its hint: {sleeps:?}");
    });
}

/// A trait that does not promise `Display` has wrappers that cannot rely on it.
#[test]
fn events_show_the_type_of_an_error_of_which_nothing_is_known() {
    virtually(|_| {
        let (events, _guard) = Events::collect();
        let service = Service::new(&[Step::Fail, Step::Answer(5)], None);
        assert_eq!(GuardedAsk::new(service).ask().ok(), Some(5));
        let told = events.named("retry");
        assert_eq!(told.len(), 1);
        assert!(told[0].field("error").ends_with("Fault"), "{told:?}");
    });
}

#[test]
fn others_can_be_wrapped_and_taken_out_again() {
    let wrapped = GuardedAsk::new(Unsuitable);
    assert_eq!((wrapped.inner().ask(), wrapped.into_inner().ask()), (Ok(1), Ok(1)));
}

/// Every policy, each with an error type of its own.
#[decorator(GuardedEach)]
trait Each {
    type Slow: From<io::Error>;
    type Late;
    type Down;
    type Typed;
    type Chosen;

    #[timeout(secs = 1)]
    async fn slow(&self) -> Result<u32, Self::Slow>;
    #[deadline(secs = 1)]
    async fn late(&self) -> Result<u32, Self::Late>;
    #[circuit_breaker(name = "bounds::down", failure_threshold = 1)]
    fn down(&self) -> Result<u32, Self::Down>;
    #[retry(on = io::Error, backoff = none, max_attempts = 2)]
    fn typed(&self, calls: &mut u32) -> Result<u32, Self::Typed>;
    #[fallback(default = 8, on = io::Error)]
    fn softened(&self) -> Result<resilient::Served<u32>, Self::Typed>;
    #[fallback(default = 9)]
    #[retry(when = |_| true, backoff = none, max_attempts = 2)]
    fn chosen(&self, calls: &mut u32) -> Result<resilient::Served<u32>, Self::Chosen>;
    #[retry(on = any, backoff = none, max_attempts = 2)]
    fn any(&self, calls: &mut u32) -> Result<u32, Self::Chosen>;
}

#[derive(Debug, PartialEq, Eq)]
struct Slow(Option<TimeoutError>);

impl From<TimeoutError> for Slow {
    fn from(error: TimeoutError) -> Self {
        Self(Some(error))
    }
}

impl From<io::Error> for Slow {
    fn from(_: io::Error) -> Self {
        Self(None)
    }
}

#[derive(Debug)]
struct Down(Option<CircuitOpenError>);

impl From<CircuitOpenError> for Down {
    fn from(error: CircuitOpenError) -> Self {
        Self(Some(error))
    }
}

struct Nothing;
struct Fails;

impl Each for Fails {
    type Slow = Slow;
    type Late = TimeoutError;
    type Down = Down;
    type Typed = io::Error;
    type Chosen = Nothing;

    async fn slow(&self) -> Result<u32, Slow> {
        std::future::pending().await
    }

    async fn late(&self) -> Result<u32, TimeoutError> {
        std::future::pending().await
    }

    fn down(&self) -> Result<u32, Down> {
        Err(Down(None))
    }

    fn typed(&self, calls: &mut u32) -> Result<u32, io::Error> {
        *calls += 1;
        Err(io::ErrorKind::NotFound.into())
    }

    fn softened(&self) -> Result<resilient::Served<u32>, io::Error> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn chosen(&self, calls: &mut u32) -> Result<resilient::Served<u32>, Nothing> {
        *calls += 1;
        Err(Nothing)
    }

    fn any(&self, calls: &mut u32) -> Result<u32, Nothing> {
        *calls += 1;
        Err(Nothing)
    }
}

#[tokio::test(start_paused = true)]
async fn each_policy_demands_its_own() {
    let one = GuardedEach::new(Fails);
    let limit = Duration::from_secs(1);
    assert_eq!(one.slow().await, Err(Slow(Some(TimeoutError { operation: "slow", limit }))));
    assert_eq!(one.late().await, Err(TimeoutError { operation: "late", limit }));
    assert!(matches!(one.down(), Err(Down(None))));
    assert!(matches!(one.down(), Err(Down(Some(refusal))) if refusal.name == "bounds::down"));
    let mut calls = 0;
    assert!(one.typed(&mut calls).is_err());
    assert!(one.softened().is_ok_and(|served| *served == 8));
    assert!(one.chosen(&mut calls).is_ok_and(|served| *served == 9 && served.is_degraded()));
    assert!(one.any(&mut calls).is_err());
    assert_eq!(calls, 6, "two of each");
}

/// An alias hides which of its parameters is the error.
type AskResult<E> = Result<u32, E>;

#[decorator(GuardedAliased)]
trait Aliased {
    type Error;

    #[retry(max_attempts = 2)]
    fn ask(&self) -> AskResult<Self::Error>;
    #[timeout(secs = 1)]
    fn bounded(&self) -> impl Future<Output = AskResult<Self::Error>> + Send;
    #[retry(until = |state| *state > 1, backoff = none)]
    fn polled(&self, calls: &mut u32) -> u32;
    #[retry(backoff = none)]
    fn found(&self, calls: &mut u32) -> Option<Self::Error>;
}

impl Aliased for Service {
    type Error = Fault;

    fn ask(&self) -> AskResult<Fault> {
        self.call()
    }

    async fn bounded(&self) -> AskResult<Fault> {
        self.call_async().await
    }

    fn polled(&self, calls: &mut u32) -> u32 {
        *calls += 1;
        *calls
    }

    fn found(&self, calls: &mut u32) -> Option<Fault> {
        *calls += 1;
        None
    }
}

#[tokio::test(start_paused = true)]
async fn results_behind_an_alias_are_seen_through() {
    let one = GuardedAliased::new(Service::new(&[Step::Answer(1), Step::Hang], None));
    assert_eq!(one.ask().ok(), Some(1));
    assert!(matches!(one.bounded().await, Err(Fault::Timeout(_))));
    let mut calls = 0;
    assert_eq!(one.polled(&mut calls), 2);
    assert!(one.found(&mut calls).is_none());
    assert_eq!(calls, 5);
}

/// Not everything that says `Send` is a future that can be sent.
#[decorator(GuardedLocal)]
trait Local {
    #[retry(when = |_| true, backoff = none)]
    fn blocking(&self) -> Result<u32, Box<dyn std::error::Error + Send + Sync>>;
    #[timeout(secs = 1)]
    fn awaited(&self) -> impl Future<Output = Result<Box<dyn Fn() -> u32 + Send>, Fault>>;
    #[timeout(secs = 1)]
    async fn native(&self) -> Result<Box<dyn Fn() -> u32 + Send>, Fault>;
    /// Can be sent, because it does not hold `self`.
    fn plain(&self) -> impl Future<Output = u32> + Send;
}

impl Local for std::rc::Rc<u32> {
    fn blocking(&self) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
        Ok(**self)
    }

    async fn awaited(&self) -> Result<Box<dyn Fn() -> u32 + Send>, Fault> {
        let n = **self;
        Ok(Box::new(move || n))
    }

    async fn native(&self) -> Result<Box<dyn Fn() -> u32 + Send>, Fault> {
        self.awaited().await
    }

    fn plain(&self) -> impl Future<Output = u32> + Send {
        std::future::ready(**self)
    }
}

#[tokio::test(start_paused = true)]
async fn what_stays_on_its_thread_can_be_wrapped() {
    let one = GuardedLocal::new(std::rc::Rc::new(3));
    assert_eq!((one.blocking().ok(), one.plain().await), (Some(3), 3));
    assert_eq!(one.awaited().await.unwrap()() + one.native().await.unwrap()(), 6);
}

/// The wrapper's parameter is called by no name that there is already.
#[decorator(M)]
trait Named {
    #[retry]
    fn ask(&self, m: M2) -> Result<u32, Fault>;
}

#[derive(Clone)]
struct M2;

impl Named for u32 {
    fn ask(&self, _: M2) -> Result<u32, Fault> {
        Ok(*self)
    }
}

#[test]
fn names_do_not_meet() {
    assert_eq!(M::new(3_u32).ask(M2).ok(), Some(3));
}

/// Can be tried again, whatever is in it.
struct Wrap<'x, E>(&'x str, E);

impl<E> resilient::Retryable for Wrap<'_, E> {
    fn retry_classification(&self) -> resilient::RetryClassification {
        resilient::RetryClassification::Transient { retry_after: None }
    }
}

/// Error types that only one call knows: of them nothing can be said beside the implementation.
#[decorator(GuardedCall)]
trait Call {
    type Error;

    #[retry(backoff = none)]
    fn named<'x>(&self, x: &'x str) -> Result<u32, Wrap<'x, Self::Error>>;
    #[retry(backoff = none)]
    fn left_out(&self, x: &'static str) -> Result<u32, Wrap<'_, Self::Error>>;
    #[retry(backoff = none)]
    fn of_a_type<T: Clone>(&self, x: T) -> Result<u32, Wrap<'static, (T, Self::Error)>>;
}

impl Call for String {
    type Error = u8;

    fn named<'x>(&self, x: &'x str) -> Result<u32, Wrap<'x, u8>> {
        Err(Wrap(x, 1))
    }

    fn left_out(&self, _: &'static str) -> Result<u32, Wrap<'_, u8>> {
        Err(Wrap(self, 2))
    }

    fn of_a_type<T: Clone>(&self, x: T) -> Result<u32, Wrap<'static, (T, u8)>> {
        Err(Wrap("typed", (x, 3)))
    }
}

#[test]
fn nothing_is_demanded_of_what_only_a_call_knows() {
    let one = GuardedCall::new("kept".to_owned());
    assert!(matches!(one.named("asked"), Err(Wrap("asked", 1))));
    assert!(matches!(one.left_out("asked"), Err(Wrap("kept", 2))));
    assert!(matches!(one.of_a_type('x'), Err(Wrap("typed", ('x', 3)))));
}
