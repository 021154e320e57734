//! The same policies as values: what an attribute does, `call` and `call_async` do.

use std::time::Duration;

use resilient::{
    CircuitBreaker, CircuitState, Jitter, Retry, Served, circuit_breaker, fallback, retry, timeout,
};

use crate::support::{Events, Fault, Service, Step, paused, virtually};

#[test]
fn a_retry_value_does_what_the_attribute_does() {
    const RETRY: Retry =
        Retry::new().max_attempts(4).base_delay(Duration::from_millis(10)).jitter(Jitter::None);
    virtually(|clock| {
        let (events, _guard) = Events::collect();
        let service = Service::new(&[Step::Fail, Step::Fail, Step::Answer(1)], None);
        assert!(matches!(RETRY.call(|| service.call()), Ok(1)));
        assert_eq!(clock.sleeps(), [10, 20].map(Duration::from_millis));
        assert_eq!(events.names(), ["retry", "retry"]);
    });
    paused(async {
        let service = Service::new(&[Step::Refuse], None);
        let mut calls = 0;
        let outcome = RETRY
            .when(|error: &Fault| matches!(error, Fault::Refused(_)))
            .call_async(async || {
                calls += 1;
                service.call_async().await
            })
            .await;
        assert!(matches!(outcome, Err(Fault::Refused(_))));
        assert_eq!((calls, service.calls()), (4, 4));
        let polled = RETRY.until(|n: &u32| *n > 2).call(|| {
            calls += 1;
            Ok::<u32, Fault>(calls - 4)
        });
        assert!(matches!(polled, Ok(3)));
    });
}

#[test]
fn a_breaker_value_does_what_the_attribute_does() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("values::breaker").failure_threshold(2);
    paused(async {
        let service = Service::new(&[Step::Fail], None);
        for _ in 0..2 {
            assert!(BREAKER.call_async(async || service.call_async().await).await.is_err());
        }
        assert_eq!(BREAKER.state(), CircuitState::Open);
        let refused = BREAKER.call_async(async || service.call_async().await).await;
        assert!(matches!(refused, Err(Fault::CircuitOpen(_))));
        assert_eq!(service.calls(), 2);
    });
    BREAKER.reset();
    let permit = BREAKER.enter().unwrap();
    permit.failure();
    drop(BREAKER.enter().unwrap());
    assert_eq!(BREAKER.snapshot().consecutive_failures, 1, "a permit that is dropped counts neither way");
}

#[test]
fn timeouts_are_functions_too() {
    paused(async {
        let outcome =
            resilient::timeout(Duration::from_secs(1), "nothing", std::future::pending::<()>()).await;
        assert_eq!(outcome.unwrap_err().operation, "nothing");
    });
    assert_eq!(resilient::timeout_sync(Duration::from_secs(5), "sum", || 1 + 1), Ok(2));
}

/// Clones are counted by the text they add.
#[derive(Debug, PartialEq)]
struct Prompt(String);

impl Clone for Prompt {
    fn clone(&self) -> Self {
        Self(format!("{}'", self.0))
    }
}

#[fallback(default = format!("no answer to {}", prompt.0), reason = "the model is away")]
fn named(prompt: Prompt, unnamed: Prompt, fail: bool) -> Result<Served<String>, Fault> {
    if fail { Err(Fault::connect()) } else { Ok(format!("{}{}", prompt.0, unnamed.0).into()) }
}

#[fallback(default = "{text} is lost".replace("{text}", &text))]
fn named_in_a_string(text: String) -> Result<Served<String>, Fault> {
    Err(Fault::Refused(text))
}

#[fallback(default = format!("{text:?}"))]
fn named_in_a_format(text: String) -> Result<Served<String>, Fault> {
    Err(Fault::Refused(text))
}

#[test]
fn only_arguments_that_the_fallback_names_are_cloned() {
    let prompts = || (Prompt("a".into()), Prompt("b".into()));
    let (prompt, unnamed) = prompts();
    assert_eq!(*named(prompt, unnamed, false).unwrap(), "ab", "the body has the originals");
    let (prompt, unnamed) = prompts();
    let served = named(prompt, unnamed, true).unwrap();
    assert_eq!(*served, "no answer to a'");
    assert_eq!(served.degradation().unwrap().to_string(), "default: the model is away");
    assert_eq!(*named_in_a_string("x".into()).unwrap(), "x is lost");
    assert_eq!(*named_in_a_format("x".into()).unwrap(), "\"x\"");
}

#[derive(Default)]
struct Case {
    log: Vec<&'static str>,
}

impl Case {
    #[fallback(default = self.log.len(), degraded = |error| { log.push("degraded"); Err(error) })]
    async fn evaluated(&mut self, log: &mut Vec<&'static str>, fail: bool) -> Result<Served<usize>, Fault> {
        self.log.push("body");
        log.push("body");
        if fail { Err(Fault::connect()) } else { Ok(100.into()) }
    }
}

#[test]
fn tiers_see_what_the_body_borrowed_and_are_evaluated_only_in_need() {
    paused(async {
        let (mut case, mut log) = (Case::default(), Vec::new());
        assert_eq!(*case.evaluated(&mut log, false).await.unwrap(), 100);
        assert_eq!(log, ["body"]);
        let served = case.evaluated(&mut log, true).await.unwrap();
        assert_eq!((*served, log.as_slice()), (2, &["body", "body", "degraded"][..]));
        assert_eq!(served.degradation().unwrap().error, "no connection");
    });
}

const NAME: &str = "values::constant";
const ONCE: u32 = 1;
const REASON: &str = "says the constant";

#[fallback(default = 0, reason = REASON)]
#[circuit_breaker(name = NAME, failure_threshold = ONCE)]
#[retry(max_attempts = ONCE)]
#[timeout(5, operation = NAME)]
async fn by_constants() -> Result<Served<u8>, Fault> {
    std::future::pending().await
}

#[test]
fn numbers_and_texts_may_be_constants() {
    paused(async {
        let served = by_constants().await.unwrap();
        let how = served.degradation().unwrap();
        assert_eq!((how.reason, how.error.as_str()), (Some(REASON), "values::constant timed out after 5s"));
        assert_eq!(resilient::circuit(NAME).unwrap().state(), CircuitState::Open);
    });
}

#[test]
fn every_degradation_is_told() {
    #[fallback(degraded = |_| Ok(Served::from(1)), reason = "half")]
    fn degraded() -> Result<Served<u8>, Fault> {
        Err(Fault::connect())
    }
    #[fallback(default = Default::default())]
    #[allow(clippy::default_trait_access)]
    fn defaulted() -> Result<Served<Vec<u8>>, Fault> {
        Err(Fault::connect())
    }
    let (events, _guard) = Events::collect();
    assert!(degraded().unwrap().is_degraded());
    assert!(defaulted().unwrap().is_degraded());
    let told: Vec<_> = events
        .all()
        .iter()
        .map(|event| ["operation", "tier", "reason", "error"].map(|name| event.field(name).to_owned()))
        .collect();
    assert_eq!(
        told,
        [["degraded", "degraded", "half", "no connection"], ["defaulted", "default", "", "no connection"]]
    );
}
