//! Every policy on the methods of a trait, alone and stacked, and what they call themselves.

use std::time::Duration;

use async_trait::async_trait;
use resilient::{
    CircuitState, Served, circuit, circuit_breaker, deadline, decorator, fallback, retry, timeout,
};

use crate::support::{Events, Fault, Service, Step, virtually};

/// A provider among several.
#[decorator(Guarded)]
#[async_trait]
trait Provider: Send + Sync {
    fn name(&self) -> String;

    /// The circuit of all of them.
    #[circuit_breaker(failure_threshold = 2)]
    async fn one_circuit(&self) -> Result<u32, Fault>;

    /// A circuit for each.
    #[circuit_breaker(name = "policies::each", failure_threshold = 2, key = self.name())]
    async fn own_circuit(&self) -> Result<u32, Fault>;

    #[timeout(secs = 3, operation = "asking")]
    async fn bounded(&self) -> Result<u32, Fault>;

    #[deadline(secs = 32)]
    #[retry(max_attempts = 5)]
    #[timeout(secs = 3)]
    async fn in_time(&self) -> Result<u32, Fault>;

    #[fallback(default = u32::from(self.name() == "four"), reason = "away")]
    #[circuit_breaker(name = "policies::stack", failure_threshold = 1)]
    #[retry(max_attempts = 2, jitter = none)]
    #[timeout(secs = 3)]
    async fn stack(&self, factor: u32) -> Result<Served<u32>, Fault>;
}

struct Scripted(&'static str, Service);

#[async_trait]
impl Provider for Scripted {
    fn name(&self) -> String {
        self.0.to_owned()
    }

    async fn one_circuit(&self) -> Result<u32, Fault> {
        self.1.call_async().await
    }

    async fn own_circuit(&self) -> Result<u32, Fault> {
        self.1.call_async().await
    }

    async fn bounded(&self) -> Result<u32, Fault> {
        self.1.call_async().await
    }

    async fn in_time(&self) -> Result<u32, Fault> {
        self.1.call_async().await
    }

    async fn stack(&self, factor: u32) -> Result<Served<u32>, Fault> {
        Ok((self.1.call_async().await? * factor).into())
    }
}

fn provider(name: &'static str, script: &[Step]) -> Guarded<Scripted> {
    Guarded::new(Scripted(name, Service::new(script, None)))
}

fn calls(provider: &Guarded<Scripted>) -> usize {
    provider.inner().1.calls()
}

#[tokio::test(start_paused = true)]
async fn a_circuit_is_that_of_all_providers_unless_it_has_a_key() {
    let (up, down) = (provider("up", &[Step::Answer(1)]), provider("down", &[Step::Fail]));
    for _ in 0..3 {
        let _ = down.one_circuit().await;
    }
    assert_eq!(calls(&down), 2);
    assert!(matches!(up.one_circuit().await, Err(Fault::CircuitOpen(_))), "of all of them");

    for _ in 0..3 {
        let _ = down.own_circuit().await;
    }
    assert_eq!(calls(&down), 4);
    assert_eq!(up.own_circuit().await.ok(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_says_the_methods_name_or_another() {
    let hangs = provider("hangs", &[Step::Hang]);
    let Err(Fault::Timeout(error)) = hangs.bounded().await else { panic!("no timeout") };
    assert_eq!((error.operation, error.limit), ("asking", Duration::from_secs(3)));

    let start = tokio::time::Instant::now();
    let Err(Fault::Timeout(error)) = hangs.in_time().await else { panic!("no timeout") };
    assert_eq!((error.operation, error.limit), ("in_time", Duration::from_secs(3)));
    assert!(start.elapsed() <= Duration::from_secs(32));
}

#[tokio::test(start_paused = true)]
async fn a_stack_reads_as_on_a_function() {
    let (events, _guard) = Events::collect();
    let one = provider("four", &[Step::Fail, Step::Answer(3), Step::Fail]);
    assert!(one.stack(2).await.is_ok_and(|served| *served == 6 && !served.is_degraded()));
    let served = one.stack(2).await.unwrap();
    assert_eq!((*served, served.degradation().map(|how| how.reason)), (1, Some(Some("away"))));
    assert_eq!(calls(&one), 4);
    assert_eq!(circuit("policies::stack").unwrap().state(), CircuitState::Open);
    assert_eq!(events.names(), ["retry", "retry", "retry_exhausted", "circuit_open", "degraded"]);
    assert_eq!(events.named("retry")[0].field("operation"), "stack");
}

/// In a task of its own, which asks the future whether it may be sent.
#[tokio::test(start_paused = true)]
async fn calls_can_be_spawned() {
    let one = provider("one", &[Step::Fail, Step::Answer(1)]);
    let task = tokio::spawn(async move { one.in_time().await });
    assert_eq!(task.await.unwrap().ok(), Some(1));
}

/// A policy on what has no `self` holds for all.
#[decorator(WithoutRetry)]
pub(super) trait Opens {
    #[circuit_breaker(name = "policies::opens", failure_threshold = 1)]
    fn opened(fails: bool) -> Result<u8, Fault>;
}

impl Opens for u8 {
    fn opened(fails: bool) -> Result<Self, Fault> {
        if fails { Err(Fault::connect()) } else { Ok(1) }
    }
}

#[test]
fn associated_functions_are_guarded_too() {
    virtually(|_| {
        assert_eq!(WithoutRetry::<u8>::opened(false).ok(), Some(1));
        assert!(matches!(WithoutRetry::<u8>::opened(true), Err(Fault::Connect(_))));
        assert!(matches!(WithoutRetry::<u8>::opened(false), Err(Fault::CircuitOpen(_))));
        assert_eq!(u8::opened(false).ok(), Some(1));
    });
}

/// Gives another handle on the same thing, and calls its own methods.
#[decorator(GuardedHandle)]
trait Handle {
    #[retry(max_attempts = 2, backoff = none)]
    fn ask(&self) -> Result<u32, Fault>;
    fn clone_box(&self) -> Box<dyn Handle>;
    fn asked(&self) -> Result<u32, Fault> {
        self.ask()
    }
}

impl Handle for std::rc::Rc<std::cell::Cell<u32>> {
    fn ask(&self) -> Result<u32, Fault> {
        self.set(self.get() + 1);
        Err(Fault::Busy { retry_after: None })
    }

    fn clone_box(&self) -> Box<dyn Handle> {
        Box::new(Self::clone(self))
    }
}

/// What is wrapped knows nothing of the wrapper.
#[test]
fn what_is_wrapped_gives_and_calls_what_is_not_guarded() {
    let calls = std::rc::Rc::new(std::cell::Cell::new(0));
    let guarded = GuardedHandle::new(std::rc::Rc::clone(&calls));
    assert!(guarded.ask().is_err());
    assert_eq!(calls.take(), 2, "guarded");
    assert!(guarded.clone_box().ask().is_err());
    assert_eq!(calls.take(), 1, "another handle is not");
    assert!(guarded.asked().is_err());
    assert_eq!(calls.take(), 1, "nor is what a default body calls");
    // A default method that shall call the guarded one stands beside the trait.
    let beside = |handle: &dyn Handle| handle.ask();
    assert!(beside(&guarded).is_err());
    assert_eq!(calls.take(), 2);
}
