//! What a subscriber hears of circuits, and that it may use them while it listens. When a circuit
//! changes at all is tested elsewhere.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Barrier, LazyLock, mpsc};

use tracing::field::Field;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};

use super::*;

/// tracing remembers of each call site whether anybody listens, and where it believes that there is one
/// subscriber alone, it asks the thread that comes by first: not ours. Two that never go prevent it.
static ALWAYS_THERE: LazyLock<[Dispatch; 2]> = LazyLock::new(|| {
    [(); 2].map(|()| Dispatch::new(Listener { heard: Arc::default(), on_event: |_: &str| {} }))
});

/// Collects events as `field=value` lines, and may do something on each.
struct Listener<F> {
    heard: Arc<Mutex<Vec<String>>>,
    on_event: F,
}

impl<F: Fn(&str) + 'static + Send + Sync> Subscriber for Listener<F> {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "resilient"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = format!("{} ", event.metadata().level());
        event.record(&mut |field: &Field, value: &dyn Debug| {
            if field.name() != "message" {
                write!(line, "{field}={value:?} ").unwrap();
            }
        });
        let line = line.trim_end().to_owned();
        lock(&self.heard).push(line.clone());
        (self.on_event)(&line);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// What is told while `work` runs on this thread.
pub(super) fn heard(work: impl FnOnce()) -> Vec<String> {
    heard_by(|_| {}, work)
}

pub(super) fn heard_by(on_event: impl Fn(&str) + Send + Sync + 'static, work: impl FnOnce()) -> Vec<String> {
    LazyLock::force(&ALWAYS_THERE);
    let heard = Arc::new(Mutex::new(Vec::new()));
    tracing::subscriber::with_default(Listener { heard: Arc::clone(&heard), on_event }, work);
    std::mem::take(&mut lock(&heard))
}

#[test]
fn every_change_of_state_is_told_once() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("e-states").failure_threshold(2);
    let told = heard(|| {
        fail(&breaker);
        fail(&breaker);
        clock.advance(RECOVERY);
        fail(&breaker);
        clock.advance(RECOVERY);
        succeed(&breaker);
        succeed(&breaker);
    });
    assert_eq!(
        told,
        [
            r#"WARN event="circuit_open" circuit="e-states" failures=2 recovery_timeout_s=30.0 reason="failure_threshold""#,
            r#"INFO event="circuit_half_open" circuit="e-states""#,
            r#"WARN event="circuit_open" circuit="e-states" failures=1 recovery_timeout_s=30.0 reason="failed_probe""#,
            r#"INFO event="circuit_half_open" circuit="e-states""#,
            r#"INFO event="circuit_closed" circuit="e-states""#,
        ]
    );
}

#[test]
fn a_circuit_that_opens_by_a_rate_tells_the_rates_and_the_period_that_it_opens_for() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("e-rates")
        .failure_rate(0.75)
        .slow_call(SECOND)
        .slow_call_rate(0.5)
        .window(Window::Calls(4))
        .minimum_calls(4)
        .max_recovery_timeout(RECOVERY * 3);
    let slow = |verdict| {
        let permit = breaker.enter().unwrap();
        clock.advance(SECOND * 2);
        if verdict { permit.success() } else { permit.failure() }
    };
    let told = heard(|| {
        (0..3).for_each(|_| fail(&breaker));
        succeed(&breaker);
        clock.advance(RECOVERY);
        slow(true);
        clock.advance(RECOVERY * 2);
        (0..3).for_each(|_| succeed(&breaker));
        slow(true);
        slow(false);
    });
    let opened: Vec<_> = told.iter().filter(|line| line.contains("circuit_open")).collect();
    let line = |fields: &str| format!(r#"WARN event="circuit_open" circuit="e-rates" {fields}"#);
    assert_eq!(
        opened,
        [
            &line(
                r#"failures=3 recovery_timeout_s=30.0 reason="failure_rate" calls=4 failure_rate=0.75 slow_call_rate=0.0"#
            ),
            &line(r#"failures=0 recovery_timeout_s=60.0 reason="slow_probe""#),
            &line(
                r#"failures=1 recovery_timeout_s=90.0 reason="slow_call_rate" calls=4 failure_rate=0.25 slow_call_rate=0.5"#
            ),
        ]
    );
}

#[test]
fn forcing_and_resetting_are_told_where_they_change_the_state() {
    let breaker = CircuitBreaker::new("e-forced");
    let told = heard(|| {
        breaker.reset();
        breaker.force_open();
        breaker.force_open();
        breaker.force_closed();
        breaker.reset();
    });
    assert!(
        told.first().is_some_and(|line| line.contains("forced=true")),
        "for how long, nobody knows: {told:?}"
    );
    let told: Vec<_> = told.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(told, [r#"event="circuit_open""#, r#"event="circuit_closed""#]);
}

#[test]
fn a_flood_of_refusals_is_told_once_a_second() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("e-flood").failure_threshold(1);
    open(&breaker);
    for left in ["30.0", "29.0", "28.0"] {
        let told = heard(|| (0..1000).for_each(|_| assert!(breaker.enter().is_err())));
        let line = format!(r#"WARN event="circuit_rejected" circuit="e-flood" retry_after_s={left}"#);
        assert_eq!(told, [line]);
        clock.advance(SECOND);
    }
}

#[test]
fn settings_that_disagree_are_told_once_with_both_places() {
    let holds = CircuitBreaker::new("e-conflict").failure_threshold(3);
    let holds_line = line!() - 1;
    let ignored = CircuitBreaker::new("e-conflict").failure_threshold(5).probe_timeout(SECOND);
    let ignored_line = line!() - 1;
    let told = heard(|| {
        succeed(&holds);
        succeed(&ignored);
        succeed(&ignored);
        succeed(&holds);
    });
    let file = file!();
    let place = |line: u32| format!("{file}:{line}:");
    let [line] = <[String; 1]>::try_from(told).unwrap();
    assert!(line.starts_with(r#"WARN event="circuit_conflict" circuit="e-conflict""#), "{line}");
    assert!(line.contains(&format!("holds={}", place(holds_line))), "{line}");
    assert!(line.contains(&format!("ignored={}", place(ignored_line))), "{line}");
    assert!(line.ends_with(r#"difference="failure_threshold 3 / 5, probe_timeout 30s / 1s""#), "{line}");
}

#[test]
fn every_setting_that_disagrees_is_told_by_its_name() {
    let holds = CircuitBreaker::new("e-all-differ").failure_rate(0.5).window(Window::Calls(50));
    let ignored = CircuitBreaker::new("e-all-differ")
        .failure_threshold(5)
        .slow_call(SECOND)
        .slow_call_rate(0.25)
        .window(Window::Time(SECOND * 10))
        .minimum_calls(7)
        .recovery_timeout(SECOND * 40)
        .max_recovery_timeout(SECOND * 80)
        .half_open_max_calls(2)
        .success_threshold(3);
    let told = heard(|| {
        succeed(&holds);
        succeed(&ignored);
    });
    let difference = "failure_threshold none / 5, failure_rate 0.5 / none, slow_call none / 1s, \
        slow_call_rate none / 0.25, window Calls(50) / Time(10s), minimum_calls 10 / 7, \
        recovery_timeout 30s / 40s, max_recovery_timeout none / 80s, half_open_max_calls 1 / 2, \
        success_threshold 1 / 3, probe_timeout 30s / 40s";
    assert!(told.iter().any(|line| line.ends_with(&format!("difference={difference:?}"))), "{told:?}");
}

#[test]
fn threads_that_disagree_at_the_same_time_tell_it_once() {
    LazyLock::force(&ALWAYS_THERE);
    for round in 0..50 {
        let name: &'static str = format!("e-conflict-together-{round}").leak();
        let (holds, ignored) = (CircuitBreaker::new(name), CircuitBreaker::new(name).failure_threshold(1));
        succeed(&holds);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let dispatch = Dispatch::new(Listener { heard: Arc::clone(&heard), on_event: |_: &str| {} });
        let start = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    tracing::dispatcher::with_default(&dispatch, || {
                        start.wait();
                        succeed(&ignored);
                    });
                });
            }
        });
        assert_eq!(lock(&heard).len(), 1, "round {round}");
    }
}

#[test]
fn a_setting_that_spells_the_default_out_does_not_disagree_with_it() {
    let silent = CircuitBreaker::new("e-spelt-out");
    let spelt_out = CircuitBreaker::new("e-spelt-out").failure_threshold(5).probe_timeout(RECOVERY);
    let by_rate = CircuitBreaker::new("e-spelt-out-rate").failure_rate(0.5);
    let spelt_out_rate = CircuitBreaker::new("e-spelt-out-rate")
        .failure_rate(0.5)
        .window(Window::Calls(100))
        .minimum_calls(10)
        .max_recovery_timeout(RECOVERY)
        // Without its rate it does nothing.
        .slow_call(SECOND);
    let told = heard(|| {
        for breaker in [&silent, &spelt_out, &by_rate, &spelt_out_rate] {
            succeed(breaker);
        }
    });
    assert_eq!(told, Vec::<String>::new());
}

/// Runs `work` on a thread of its own, and fails where it hangs.
pub(super) fn does_not_hang(work: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        work();
        done.send(()).unwrap();
    });
    assert_ne!(ended.recv_timeout(SECOND * 10), Err(mpsc::RecvTimeoutError::Timeout), "it hangs");
    worker.join().unwrap();
}

#[test]
fn a_listener_may_use_the_circuit_that_it_hears_of() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("e-listener").failure_threshold(1);
    does_not_hang(|| {
        let told = heard_by(
            |_| {
                assert_ne!(BREAKER.state(), CircuitState::HalfOpen);
                assert_eq!(BREAKER.snapshot().name, BREAKER.name());
                drop(BREAKER.enter());
                BREAKER.force_open();
                BREAKER.reset();
            },
            || fail(&BREAKER),
        );
        assert_eq!(told.len(), 2, "what it did it hears afterwards, as one change: {told:?}");
        assert_eq!(BREAKER.state(), CircuitState::Closed);
    });
}

#[test]
fn a_listener_may_use_the_breaker_whose_conflict_it_hears_of() {
    static HOLDS: CircuitBreaker = CircuitBreaker::new("e-conflict-listener");
    static IGNORED: CircuitBreaker = CircuitBreaker::new("e-conflict-listener").failure_threshold(1);
    does_not_hang(|| {
        succeed(&HOLDS);
        let told = heard_by(|_| assert_eq!(IGNORED.state(), CircuitState::Closed), || succeed(&IGNORED));
        assert_eq!(told.len(), 1);
    });
}

#[test]
fn a_listener_that_panics_leaves_the_circuit_whole() {
    let clock = VirtualClock::install();
    let breaker = CircuitBreaker::new("e-panicking-listener").failure_threshold(1);
    let panics = || heard_by(|_| resume_unwind(Box::new("listener")), || fail(&breaker));
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(breaker.state(), CircuitState::Open);
    clock.advance(RECOVERY);
    let told = heard(|| succeed(&breaker));
    assert_eq!((told.len(), breaker.state()), (2, CircuitState::Closed));
}
