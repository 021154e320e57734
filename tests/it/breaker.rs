//! The breaker's rules as attributes write them: shares of failures and of slow calls, errors that count
//! neither way, periods that grow. What the machine does by itself is tested beside it.

use std::time::Duration;

use resilient::{CircuitBreaker, CircuitState, Window, circuit, circuit_breaker};

use crate::support::{Events, Fault, Step, virtually};

stack!(by_failure_rate:
    #[circuit_breaker(failure_rate = 0.5, window = 4, minimum_calls = 4)]
);

#[test]
fn half_of_the_calls_of_a_window_open_the_circuit_also_where_they_do_not_follow_one_another() {
    assert_seen!(
        by_failure_rate,
        [Step::Fail, Step::Answer(1), Step::Answer(1), Step::Fail, Step::Answer(1)],
        ["no connection" @ 1, "full 1" @ 2, "full 1" @ 3, "no connection" @ 4, "circuit open" @ 4],
        ["circuit_open", "circuit_rejected"]
    );
}

stack!(judged_by_a_success:
    #[circuit_breaker(failure_rate = 0.5, window = 10, minimum_calls = 3)]
);

#[test]
fn a_success_that_completes_the_minimum_is_judged_too() {
    assert_seen!(
        judged_by_a_success,
        [Step::Fail, Step::Fail, Step::Answer(1)],
        ["no connection" @ 1, "no connection" @ 2, "full 1" @ 3, "circuit open" @ 3],
        ["circuit_open", "circuit_rejected"]
    );
}

stack!(by_slow_calls:
    #[circuit_breaker(slow_call = "60s", slow_call_rate = 0.5, window = "10d", minimum_calls = 2)]
    #[timeout(secs = 120)]
);

#[test]
fn slow_calls_open_the_circuit() {
    assert_seen!(
        by_slow_calls,
        [Step::Answer(1), Step::Hang],
        ["full 1" @ 1, "timed out" @ 2, "circuit open" @ 2],
        ["timeout", "circuit_open", "circuit_rejected"]
    );
}

stack!(others_prove_an_answer:
    #[circuit_breaker(failure_threshold = 2, on = Fault::Connect)]
);
stack!(others_say_nothing:
    #[circuit_breaker(failure_threshold = 2, on = Fault::Connect, otherwise = neutral)]
);

#[test]
fn an_error_that_is_no_failure_ends_a_row_of_failures_unless_it_is_neutral() {
    let script = [Step::Fail, Step::Refuse, Step::Fail, Step::Answer(1)];
    assert_seen!(
        others_prove_an_answer,
        script,
        ["no connection" @ 1, "refused: no" @ 2, "no connection" @ 3, "full 1" @ 4],
        []
    );
    assert_seen!(
        others_say_nothing,
        script,
        ["no connection" @ 1, "refused: no" @ 2, "no connection" @ 3, "circuit open" @ 3],
        ["circuit_open", "circuit_rejected"]
    );
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_open_period_doubles_with_each_trip_in_a_row() {
    #[circuit_breaker(
        name = "it::growing",
        failure_threshold = 1,
        recovery_timeout = "10s",
        max_recovery_timeout = "30s"
    )]
    fn call(works: bool) -> Result<(), Fault> {
        if works { Ok(()) } else { Err(Fault::connect()) }
    }
    virtually(|clock| {
        let circuit = || circuit("it::growing").unwrap();
        for seconds in [10, 20, 30, 30] {
            assert!(matches!(call(false), Err(Fault::Connect(_))), "let through after the period before");
            clock.advance(SECOND * (seconds - 1));
            assert!(matches!(call(true), Err(Fault::CircuitOpen(_))), "still open after {seconds} - 1 s");
            clock.advance(SECOND);
            assert_eq!(circuit().state(), CircuitState::HalfOpen, "after {seconds} s");
        }
        call(true).unwrap();
        clock.advance(SECOND * 31);
        assert!(call(false).is_err());
        clock.advance(SECOND * 10);
        assert_eq!(circuit().state(), CircuitState::HalfOpen, "a long closed spell begins anew");
    });
}

/// What is written at a `static` and what is written above a function are the same settings: the one name
/// makes them one circuit, and any difference would be reported.
#[test]
fn a_static_and_an_attribute_say_the_same() {
    static RATE: CircuitBreaker = CircuitBreaker::new("it::both")
        .failure_rate(0.5)
        .window(Window::Time(Duration::from_secs(10)))
        .minimum_calls(7)
        .slow_call(Duration::from_secs(2))
        .slow_call_rate(0.8)
        .max_recovery_timeout(Duration::from_secs(300))
        .half_open_max_calls(2)
        .success_threshold(3)
        .probe_timeout(Duration::from_secs(4));

    #[circuit_breaker(
        name = "it::both",
        failure_rate = 0.5,
        window = "10s",
        minimum_calls = 7,
        slow_call = 2,
        slow_call_rate = 0.8,
        max_recovery_timeout = "5m",
        half_open_max_calls = 2,
        success_threshold = 3,
        probe_timeout = "4s"
    )]
    fn same() -> Result<(), Fault> {
        Ok(())
    }

    #[circuit_breaker(name = "it::both", failure_rate = 0.5, window = 10)]
    fn other() -> Result<(), Fault> {
        Ok(())
    }

    let (events, _guard) = Events::collect();
    RATE.call(|| Ok::<_, Fault>(())).unwrap();
    same().unwrap();
    assert_eq!(events.names(), [] as [String; 0]);
    other().unwrap();
    let conflict = &events.named("circuit_conflict")[0];
    for setting in
        ["window", "minimum_calls", "slow_call", "slow_call_rate", "max_recovery_timeout", "probe_timeout"]
    {
        assert!(conflict.field("difference").contains(setting), "{setting}: {conflict:?}");
    }
}

#[test]
fn a_snapshot_tells_the_rates() {
    #[circuit_breaker(name = "it::snapshot", failure_rate = 0.9, window = 4)]
    fn call(works: bool) -> Result<(), Fault> {
        if works { Ok(()) } else { Err(Fault::connect()) }
    }
    for works in [true, false, true, false, true] {
        let _ = call(works);
    }
    let snapshot = circuit("it::snapshot").unwrap().snapshot();
    assert_eq!((snapshot.calls_in_window, snapshot.failure_rate), (4, Some(0.5)), "{snapshot:?}");
}

/// Whichever way a call comes in, it runs once, takes one place and gives it back.
#[test]
fn every_way_in_takes_one_place_of_a_half_open_circuit() {
    static BREAKER: CircuitBreaker =
        CircuitBreaker::new("it::ways_in").failure_threshold(1).half_open_max_calls(2).success_threshold(100);

    #[circuit_breaker(BREAKER)]
    fn blocking(body: &dyn Fn() -> Result<(), Fault>) -> Result<(), Fault> {
        body()
    }
    #[circuit_breaker(BREAKER)]
    async fn suspending(body: &dyn Fn() -> Result<(), Fault>) -> Result<(), Fault> {
        tokio::task::yield_now().await;
        body()
    }
    virtually(|clock| {
        let _ = BREAKER.call(|| Err::<(), _>(Fault::connect()));
        clock.advance(SECOND * 30);
        let runs = std::cell::Cell::new(0);
        let body = || {
            runs.set(runs.get() + 1);
            assert_eq!(BREAKER.snapshot().probes_in_flight, 1);
            Ok(())
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let ways_in: [&dyn Fn() -> Result<(), Fault>; 5] = [
            &|| blocking(&body),
            &|| runtime.block_on(suspending(&body)),
            &|| BREAKER.call(body),
            &|| runtime.block_on(BREAKER.call_async(async || body())),
            &|| {
                let permit = BREAKER.enter()?;
                permit.settle(body(), |_| true)
            },
        ];
        for (run, way_in) in ways_in.into_iter().enumerate() {
            way_in().unwrap();
            assert_eq!((runs.get(), BREAKER.snapshot().probes_in_flight), (run + 1, 0));
        }
        assert_eq!(BREAKER.state(), CircuitState::HalfOpen);
    });
}
