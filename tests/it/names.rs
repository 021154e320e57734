//! Which breaker a function has: by name, by path, by `static`; and what the registry knows.

use std::time::Duration;

use resilient::{CircuitBreaker, CircuitState, circuit, circuit_breaker, circuits};

use crate::support::{Events, Fault, virtually};

#[circuit_breaker(failure_threshold = 1)]
fn free() -> Result<(), Fault> {
    Err(Fault::connect())
}

struct Model<T>(T);

trait Chat {
    async fn chat(&self) -> Result<(), Fault>;
}

impl<T: Copy> Model<T> {
    #[circuit_breaker(failure_threshold = 2)]
    fn call(&self) -> Result<T, Fault> {
        let Self(value) = self;
        if size_of_val(value) == 0 { Ok(*value) } else { Err(Fault::connect()) }
    }
}

impl Chat for Model<u8> {
    #[circuit_breaker]
    async fn chat(&self) -> Result<(), Fault> {
        Ok(())
    }
}

#[test]
fn the_default_name_is_the_path_of_the_function() {
    assert!(free().is_err());
    assert_eq!(circuit("it::names::free").unwrap().state(), CircuitState::Open);
    crate::support::paused(async { assert!(Model(1_u8).chat().await.is_ok()) });
    let names: Vec<_> = circuits().iter().map(|circuit| circuit.name()).collect();
    assert!(names.contains(&"it::names::Model<u8>::chat"), "{names:?}");
}

#[test]
fn one_breaker_serves_all_instances_of_a_generic_function() {
    assert!(matches!(Model(1_u8).call(), Err(Fault::Connect(_))));
    assert!(matches!(Model(1_u16).call(), Err(Fault::Connect(_))));
    assert!(matches!(Model(1_u32).call(), Err(Fault::CircuitOpen(_))));
}

mod elsewhere {
    use super::*;

    #[circuit_breaker(failure_threshold = 1)]
    pub(super) fn free() -> Result<(), Fault> {
        Ok(())
    }
}

#[test]
fn functions_of_one_name_in_two_modules_do_not_share() {
    let _ = free();
    assert!(elsewhere::free().is_ok());
    assert_ne!(circuit("it::names::elsewhere::free").unwrap().state(), CircuitState::Open);
}

#[circuit_breaker(name = "names::shared", failure_threshold = 2)]
fn one() -> Result<(), Fault> {
    Err(Fault::connect())
}

#[circuit_breaker(name = "names::shared", failure_threshold = 2)]
fn other() -> Result<(), Fault> {
    Err(Fault::connect())
}

#[test]
fn one_name_is_one_breaker() {
    let (events, _guard) = Events::collect();
    assert!(matches!(one(), Err(Fault::Connect(_))));
    assert!(matches!(other(), Err(Fault::Connect(_))));
    assert!(matches!(one(), Err(Fault::CircuitOpen(_))));
    assert!(events.named("circuit_conflict").is_empty(), "equal settings do not disagree");
}

#[circuit_breaker(name = "names::disagreeing", failure_threshold = 2)]
fn first() -> Result<(), Fault> {
    Ok(())
}

#[circuit_breaker(name = "names::disagreeing", failure_threshold = 3, recovery_timeout = 5)]
fn second() -> Result<(), Fault> {
    Ok(())
}

#[test]
fn settings_that_disagree_are_reported_with_both_places() {
    let (events, _guard) = Events::collect();
    assert!(first().is_ok());
    assert!(second().is_ok());
    assert!(second().is_ok());
    let told = events.named("circuit_conflict");
    assert_eq!(told.len(), 1, "once per place");
    let difference = "failure_threshold 2 / 3, recovery_timeout 30s / 5s, probe_timeout 30s / 5s";
    assert_eq!(told[0].field("difference"), difference);
    for place in ["holds", "ignored"] {
        assert!(told[0].field(place).contains("names.rs:"), "{}", told[0].field(place));
    }
    assert_ne!(told[0].field("holds"), told[0].field("ignored"));
}

static LLM: CircuitBreaker =
    CircuitBreaker::new("names::static").failure_threshold(1).recovery_timeout(Duration::from_secs(5));

#[circuit_breaker(LLM, on = Fault::Connect)]
fn by_static(error: Fault) -> Result<(), Fault> {
    Err(error)
}

#[test]
fn a_static_breaker_is_the_attributes_too() {
    virtually(|clock| {
        assert!(by_static(Fault::Refused(String::new())).is_err());
        assert_eq!(LLM.state(), CircuitState::Closed, "an error that is not meant proves an answer");
        assert!(by_static(Fault::connect()).is_err());
        assert_eq!(LLM.state(), CircuitState::Open);
        assert!(
            matches!(by_static(Fault::connect()), Err(Fault::CircuitOpen(refusal)) if refusal.name == "names::static")
        );
        clock.advance(Duration::from_secs(5));
        assert_eq!(LLM.state(), CircuitState::HalfOpen);
        LLM.reset();
        assert_eq!(circuit("names::static").unwrap().snapshot().consecutive_failures, 0);
    });
}

#[circuit_breaker(name = "names::when", failure_threshold = 1, when = |error| matches!(error, Fault::Busy { .. }))]
fn when(error: Fault) -> Result<(), Fault> {
    Err(error)
}

#[test]
fn when_says_what_is_a_failure() {
    assert!(when(Fault::connect()).is_err());
    assert!(matches!(when(Fault::Busy { retry_after: None }), Err(Fault::Busy { .. })));
    assert!(matches!(when(Fault::connect()), Err(Fault::CircuitOpen(_))));
}

#[test]
fn circuits_can_be_forced() {
    #[circuit_breaker(name = "names::forced", failure_threshold = 1)]
    fn forced(fail: bool) -> Result<(), Fault> {
        if fail { Err(Fault::connect()) } else { Ok(()) }
    }
    assert!(circuit("names::forced").is_none(), "not before its first use");
    assert!(forced(false).is_ok());
    let circuit = circuit("names::forced").unwrap();
    circuit.force_open();
    assert!(matches!(forced(false), Err(Fault::CircuitOpen(_))));
    circuit.force_closed();
    assert!(matches!((forced(true), forced(true)), (Err(Fault::Connect(_)), Err(Fault::Connect(_)))));
    circuit.reset();
    assert!(forced(true).is_err());
    assert_eq!(circuit.state(), CircuitState::Open);
}

#[test]
fn a_raw_identifier_is_told_as_people_say_it() {
    #[resilient::retry(max_attempts = 2)]
    fn r#try() -> Result<(), Fault> {
        Err(Fault::connect())
    }
    virtually(|_| {
        let (events, _guard) = Events::collect();
        assert!(r#try().is_err());
        assert_eq!(events.named("retry")[0].field("operation"), "try");
    });
}
