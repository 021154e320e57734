//! Every legal pair and the full stacks, sync and async alike: which policy saw what, in which order,
//! as the events tell it.

use resilient::{circuit_breaker, retry, timeout};

use crate::support::{Events, Fault, Service, Step, paused};

stack!(fallback_over_circuit_breaker:
    #[fallback(default = 7)]
    #[circuit_breaker(failure_threshold = 2)]
);

#[test]
fn the_fallback_does_not_hide_failures_from_the_breaker() {
    // The third call does not reach the body: the breaker saw two failures although the caller saw none.
    assert_seen!(
        fallback_over_circuit_breaker,
        [Step::Fail],
        ["degraded 7" @ 1, "degraded 7" @ 2, "degraded 7" @ 2],
        ["degraded", "circuit_open", "degraded", "circuit_rejected", "degraded"]
    );
}

stack!(fallback_over_retry:
    #[fallback(default = 7)]
    #[retry(max_attempts = 3)]
);

#[test]
fn the_fallback_comes_after_the_last_attempt() {
    assert_seen!(
        fallback_over_retry,
        [Step::Fail],
        ["degraded 7" @ 3],
        ["retry", "retry", "retry_exhausted", "degraded"]
    );
    assert_seen!(fallback_over_retry, [Step::Fail, Step::Answer(1)], ["full 1" @ 2], ["retry"]);
}

stack!(fallback_over_per_attempt:
    #[fallback(default = 7)]
    #[circuit_breaker(failure_threshold = 1, per_attempt)]
);

#[test]
fn a_breaker_per_attempt_without_retry_sees_the_call() {
    assert_seen!(
        fallback_over_per_attempt,
        [Step::Fail],
        ["degraded 7" @ 1, "degraded 7" @ 1],
        ["circuit_open", "degraded", "circuit_rejected", "degraded"]
    );
}

stack!(fallback_over_timeout:
    #[fallback(default = 7)]
    #[timeout(secs = 120)]
);

#[test]
fn the_fallback_takes_a_timeout() {
    assert_seen!(fallback_over_timeout, [Step::Hang], ["degraded 7" @ 1], ["timeout", "degraded"]);
}

stack!(circuit_breaker_over_retry:
    #[circuit_breaker(failure_threshold = 2)]
    #[retry(max_attempts = 3)]
);

#[test]
fn a_breaker_above_retry_counts_one_failure_per_call() {
    assert_seen!(
        circuit_breaker_over_retry,
        [Step::Fail],
        ["no connection" @ 3, "no connection" @ 6, "circuit open" @ 6],
        ["retry", "retry", "retry_exhausted",
         "retry", "retry", "retry_exhausted", "circuit_open",
         "circuit_rejected"]
    );
}

stack!(circuit_breaker_over_timeout:
    #[circuit_breaker(failure_threshold = 1)]
    #[timeout("2m")]
);

#[test]
fn a_timeout_is_a_failure_to_the_breaker() {
    assert_seen!(
        circuit_breaker_over_timeout,
        [Step::Hang],
        ["timed out" @ 1, "circuit open" @ 1],
        ["timeout", "circuit_open", "circuit_rejected"]
    );
}

stack!(retry_over_per_attempt:
    #[retry(max_attempts = 5)]
    #[circuit_breaker(failure_threshold = 2, per_attempt)]
);

#[test]
fn a_breaker_per_attempt_counts_each_and_its_refusal_ends_the_retrying() {
    // The third attempt is refused; the refusal is permanent, so there is no fourth.
    assert_seen!(
        retry_over_per_attempt,
        [Step::Fail],
        ["circuit open" @ 2],
        ["retry", "circuit_open", "retry", "circuit_rejected"]
    );
}

stack!(retry_over_timeout:
    #[retry(max_attempts = 3)]
    #[timeout(secs = 120)]
);

#[test]
fn each_attempt_has_the_whole_limit() {
    assert_seen!(
        retry_over_timeout,
        [Step::Hang, Step::Hang, Step::Answer(5)],
        ["full 5" @ 3],
        ["timeout", "retry", "timeout", "retry"]
    );
    assert_seen!(
        retry_over_timeout,
        [Step::Hang],
        ["timed out" @ 3],
        ["timeout", "retry", "timeout", "retry", "timeout", "retry_exhausted"]
    );
}

stack!(per_attempt_over_timeout:
    #[circuit_breaker(failure_threshold = 1, per_attempt)]
    #[timeout(ms = 500)]
);

#[test]
fn a_breaker_per_attempt_sees_the_timeout_below_it() {
    assert_seen!(
        per_attempt_over_timeout,
        [Step::Hang],
        ["timed out" @ 1, "circuit open" @ 1],
        ["timeout", "circuit_open", "circuit_rejected"]
    );
}

stack!(fallback_over_deadline:
    #[fallback(default = 7)]
    #[deadline(secs = 10)]
);
stack!(deadline_over_circuit_breaker:
    #[deadline(secs = 10)]
    #[circuit_breaker(failure_threshold = 1)]
);
stack!(deadline_over_retry:
    #[deadline(secs = 10)]
    #[retry(max_attempts = 3, base_delay = "1s")]
);
stack!(deadline_over_per_attempt:
    #[deadline(secs = 10)]
    #[circuit_breaker(failure_threshold = 1, per_attempt)]
);
stack!(deadline_over_timeout:
    #[deadline(secs = 10)]
    #[timeout(secs = 4)]
);

#[test]
fn a_deadline_ends_the_call_wherever_it_stands() {
    assert_seen!(fallback_over_deadline, [Step::Hang], ["degraded 7" @ 1], ["timeout", "degraded"]);
    assert_seen!(deadline_over_retry, [Step::Fail, Step::Hang], ["timed out" @ 2], ["retry", "timeout"]);
    assert_seen!(deadline_over_timeout, [Step::Hang], ["timed out" @ 1], ["timeout"]);
}

#[test]
fn a_breaker_below_a_deadline_sees_what_the_deadline_ends() {
    assert_seen!(
        deadline_over_circuit_breaker,
        [Step::Hang],
        ["timed out" @ 1, "circuit open" @ 1],
        ["timeout", "circuit_open", "circuit_rejected"]
    );
    assert_seen!(
        deadline_over_per_attempt,
        [Step::Fail],
        ["no connection" @ 1, "circuit open" @ 1],
        ["circuit_open", "circuit_rejected"]
    );
}

stack!(full:
    #[fallback(default = 7, reason = "no model")]
    #[circuit_breaker(failure_threshold = 2, recovery_timeout = "60s")]
    #[retry(max_attempts = 2, base_delay = "2s")]
    #[timeout(secs = 120)]
);

#[test]
fn the_full_stack_works_from_the_inside_out() {
    assert_seen!(
        full,
        [Step::Hang, Step::Answer(1), Step::Refuse, Step::Fail, Step::Hang, Step::Answer(9)],
        ["full 1" @ 2, "degraded 7" @ 3, "degraded 7" @ 5, "degraded 7" @ 5],
        // The first call: one attempt hangs, the next answers.
        ["timeout", "retry",
         // The second is refused for good: no retry, one failure.
         "degraded",
         // The third uses both attempts up: the second failure in a row.
         "retry", "timeout", "retry_exhausted", "circuit_open", "degraded",
         // The fourth never reaches the service.
         "circuit_rejected", "degraded"]
    );
}

stack!(full_per_attempt:
    #[fallback(default = 7)]
    #[retry(max_attempts = 4)]
    #[circuit_breaker(failure_threshold = 2, per_attempt)]
    #[timeout(secs = 120)]
);

#[test]
fn the_full_stack_with_a_breaker_per_attempt_stops_at_the_refusal() {
    assert_seen!(
        full_per_attempt,
        [Step::Hang, Step::Fail],
        ["degraded 7" @ 2],
        ["timeout", "retry", "circuit_open", "retry", "circuit_rejected", "degraded"]
    );
}

stack!(alone_retry: #[retry]);
stack!(alone_circuit_breaker: #[circuit_breaker(failure_threshold = 1)]);
stack!(alone_timeout: #[timeout(30)]);
stack!(alone_fallback: #[fallback(degraded = |error: Fault| match error {
    Fault::Connect(_) => Ok(Served::from(5)),
    other => Err(other),
})]);

#[test]
fn each_attribute_works_alone() {
    assert_seen!(alone_retry, [Step::Fail, Step::Answer(1)], ["full 1" @ 2], ["retry"]);
    assert_seen!(alone_circuit_breaker, [Step::Fail], ["no connection" @ 1, "circuit open" @ 1],
        ["circuit_open", "circuit_rejected"]);
    assert_seen!(alone_timeout, [Step::Hang], ["timed out" @ 1], ["timeout"]);
    assert_seen!(alone_fallback, [Step::Fail, Step::Refuse], ["degraded 5" @ 1, "refused: no" @ 2],
        ["degraded", "tier_failed", "fallback_exhausted"]);
}

#[test]
fn a_call_that_succeeds_at_once_says_nothing() {
    assert_seen!(full_success, [Step::Answer(3)], ["full 3" @ 1, "full 3" @ 2], []);
}

stack!(full_success:
    #[fallback(default = 7)]
    #[circuit_breaker]
    #[retry]
    #[timeout(120)]
);

#[circuit_breaker(name = "stacks::long_probe", failure_threshold = 1, recovery_timeout = "1s")]
#[retry(max_attempts = 3, base_delay = "1s", jitter = none)]
#[timeout(secs = 5)]
async fn slower_than_recovery(service: &Service) -> Result<u32, Fault> {
    service.call_async().await
}

#[test]
fn a_probe_keeps_its_place_for_as_long_as_one_call_may_take() {
    paused(async {
        let service = Service::new(&[Step::Hang], None);
        assert!(matches!(slower_than_recovery(&service).await, Err(Fault::Timeout(_))));
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        // The probe takes 18 s, far longer than the circuit stays open; its failure still opens it again.
        assert!(matches!(slower_than_recovery(&service).await, Err(Fault::Timeout(_))));
        assert!(matches!(slower_than_recovery(&service).await, Err(Fault::CircuitOpen(_))));
        assert_eq!(service.calls(), 6);
        assert_eq!(resilient::circuit("stacks::long_probe").unwrap().state().to_string(), "open");
    });
}

#[circuit_breaker(name = "stacks::recovery", failure_threshold = 1, recovery_timeout = "60s")]
#[retry(max_attempts = 2)]
async fn recovering(service: &Service) -> Result<u32, Fault> {
    service.call_async().await
}

#[test]
fn after_the_recovery_timeout_one_probe_closes_the_circuit() {
    paused(async {
        let (events, _guard) = Events::collect();
        let service = Service::new(&[Step::Refuse, Step::Answer(1)], None);
        assert!(matches!(recovering(&service).await, Err(Fault::Refused(_))));
        assert!(matches!(recovering(&service).await, Err(Fault::CircuitOpen(_))));
        tokio::time::advance(std::time::Duration::from_secs(60)).await;
        assert!(matches!(recovering(&service).await, Ok(1)));
        assert_eq!(
            events.names(),
            ["circuit_open", "circuit_rejected", "circuit_half_open", "circuit_closed"]
        );
    });
}
