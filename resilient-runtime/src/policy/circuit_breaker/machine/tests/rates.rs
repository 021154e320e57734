//! Rates of failures and of slow calls over both kinds of window: when they open the circuit, and what
//! leaves them as they are. How calls are counted is the window's own test.

use super::*;
use crate::policy::circuit_breaker::settings::{Rates, Slow};
use crate::window::Window;

/// Half of the last ten calls, and at least ten.
const HALF_OF_TEN: Rates =
    Rates { failure: Some(0.5), slow: None, window: Window::Calls(10), minimum_calls: 10 };
const SLOW: Slow = Slow { call: Duration::from_micros(1), rate: 0.5 };
const SECOND: u64 = 1_000_000_000;

fn rated(rates: Rates) -> Machine {
    Machine::of(Settings { failure_threshold: None, rates: Some(rates), ..SETTINGS })
}

/// One call that comes to `verdict`, and what that changes.
fn ends(machine: &mut Machine, verdict: Verdict, slow: bool, now: u64) -> Option<Transition> {
    let pass = admitted(machine, now);
    machine.settle(pass, verdict, slow, at(now)).transition()
}

fn succeeds(machine: &mut Machine, now: u64) -> Option<Transition> {
    ends(machine, Verdict::Success, false, now)
}

fn fails(machine: &mut Machine, now: u64) -> Option<Transition> {
    ends(machine, Verdict::Failure, false, now)
}

const fn opened_by(cause: Cause) -> Transition {
    Transition::Opened { cause, period: SETTINGS.recovery_timeout }
}

#[test]
fn it_opens_exactly_at_the_rate_and_not_one_below() {
    for (rate, failures, calls) in [(0.07, 7, 100), (0.5, 5, 10), (0.29, 29, 100), (1.0, 3, 3), (0.1, 1, 10)]
    {
        for (failing, opens) in [(failures - 1, false), (failures, true)] {
            let rates = Rates { failure: Some(rate), minimum_calls: calls, ..HALF_OF_TEN };
            let mut machine = rated(Rates { window: Window::Calls(calls), ..rates });
            for call in 0..calls {
                assert_eq!(machine.state(at(0)), CircuitState::Closed, "{rate}: {call}");
                if call < failing {
                    fails(&mut machine, 0)
                } else {
                    succeeds(&mut machine, 0)
                };
            }
            assert_eq!(machine.state(at(0)) == CircuitState::Open, opens, "{failing} of {calls} at {rate}");
        }
    }
}

#[test]
fn a_success_that_completes_the_minimum_opens_it_too() {
    let mut machine = rated(HALF_OF_TEN);
    for _ in 0..6 {
        assert_eq!(fails(&mut machine, 0), None);
    }
    for _ in 0..3 {
        assert_eq!(succeeds(&mut machine, 0), None);
    }
    let counts = Counts { calls: 10, failures: 6, slow: 0 };
    assert_eq!(succeeds(&mut machine, 0), Some(opened_by(Cause::FailureRate(counts))));
}

#[test]
fn the_window_slides_by_calls() {
    let mut machine = rated(Rates { failure: Some(0.6), ..HALF_OF_TEN });
    for _ in 0..1000 {
        // Five of any ten calls, for ever.
        assert_eq!(fails(&mut machine, 0), None);
        assert_eq!(succeeds(&mut machine, 0), None);
    }
    assert!(fails(&mut machine, 0).is_none(), "it takes the place of a failure");
    let counts = Counts { calls: 10, failures: 6, slow: 0 };
    assert_eq!(fails(&mut machine, 0), Some(opened_by(Cause::FailureRate(counts))));
}

#[test]
fn failures_around_an_edge_of_time_count_together() {
    let window = Window::Time(Duration::from_secs(10));
    let six_in_ten = Rates { failure: Some(1.0), window, minimum_calls: 6, ..HALF_OF_TEN };
    let mut machine = rated(six_in_ten);
    for _ in 0..3 {
        assert_eq!(fails(&mut machine, 9_900_000_000), None);
    }
    for _ in 0..2 {
        assert_eq!(fails(&mut machine, 10_100_000_000), None);
    }
    assert!(fails(&mut machine, 10_100_000_000).is_some());

    let mut machine = rated(Rates { failure: Some(0.5), ..six_in_ten });
    for call in 0..10_000 {
        let now = SECOND / 2 + call * SECOND / 1000;
        let transition = if call < 9_100 { succeeds(&mut machine, now) } else { fails(&mut machine, now) };
        assert_eq!(transition, None, "9 % never look like half: {call}");
    }
}

#[test]
fn rare_failures_never_add_up_in_a_window_of_time() {
    let window = Window::Time(Duration::from_secs(60));
    let mut machine = rated(Rates { failure: Some(1.0), window, minimum_calls: 5, ..HALF_OF_TEN });
    for hour in 0..100 {
        assert_eq!(fails(&mut machine, hour * 3600 * SECOND), None);
        assert_eq!(machine.counts(at(hour * 3600 * SECOND)).calls, 1);
    }
}

#[test]
fn slow_calls_open_it_whatever_they_came_to() {
    for verdict in [Verdict::Success, Verdict::Failure] {
        let slow = Rates { failure: None, slow: Some(SLOW), ..HALF_OF_TEN };
        let mut machine =
            Machine::of(Settings { failure_threshold: Some(100), rates: Some(slow), ..SETTINGS });
        for call in 0..9 {
            assert_eq!(ends(&mut machine, verdict, call >= 5, 0), None, "{call}");
        }
        let failures = if verdict == Verdict::Failure { 10 } else { 0 };
        let counts = Counts { calls: 10, failures, slow: 5 };
        assert_eq!(ends(&mut machine, verdict, true, 0), Some(opened_by(Cause::SlowCallRate(counts))));
    }
}

#[test]
fn failures_in_a_row_open_it_beside_a_rate_of_slow_calls() {
    let rates = Rates { failure: None, slow: Some(SLOW), ..HALF_OF_TEN };
    let mut machine = Machine::of(Settings { rates: Some(rates), ..SETTINGS });
    assert_eq!((fails(&mut machine, 0), fails(&mut machine, 0)), (None, None));
    assert_eq!(fails(&mut machine, 0), Some(opened_by(Cause::Failures(3))));
}

#[test]
fn failures_in_a_row_do_not_open_it_where_their_rate_is_asked_for() {
    let mut machine = rated(Rates { window: Window::Calls(2000), minimum_calls: 1001, ..HALF_OF_TEN });
    for failures in 1..=1000 {
        assert_eq!((fails(&mut machine, 0), machine.failures()), (None, failures));
    }
    assert!(fails(&mut machine, 0).is_some());
}

#[test]
fn a_slow_probe_opens_it_again_though_it_succeeded() {
    let rates = Rates { slow: Some(SLOW), ..HALF_OF_TEN };
    let mut machine = opened(Settings { rates: Some(rates), ..SETTINGS }, 0);
    let reopened = ends(&mut machine, Verdict::Success, true, RECOVERY);
    assert_eq!(reopened, Some(opened_by(Cause::SlowProbe)));
    assert_eq!(succeeds(&mut machine, 2 * RECOVERY), Some(Transition::Closed));
}

#[test]
fn a_thousand_neutral_results_say_nothing_however_slow() {
    let rates = Rates { slow: Some(SLOW), minimum_calls: 1, ..HALF_OF_TEN };
    let mut machine = Machine::of(Settings { rates: Some(rates), ..SETTINGS });
    for _ in 0..1000 {
        assert_eq!(ends(&mut machine, Verdict::Neutral, true, 0), None);
    }
    assert_eq!((machine.state(at(0)), machine.counts(at(0))), (CircuitState::Closed, Counts::default()));

    let mut machine = opened(SETTINGS, 0);
    for _ in 0..1000 {
        assert_eq!(ends(&mut machine, Verdict::Neutral, true, RECOVERY), None);
        assert_eq!(machine.probes_in_flight(at(RECOVERY)), 0);
    }
    assert_eq!(machine.state(at(RECOVERY)), CircuitState::HalfOpen);
    assert_eq!(succeeds(&mut machine, RECOVERY), Some(Transition::Closed));
}

#[test]
fn once_closed_again_it_has_forgotten_all_calls() {
    for closes in [|machine: &mut Machine| succeeds(machine, RECOVERY), Machine::reset] {
        let mut machine = rated(Rates { minimum_calls: 2, ..HALF_OF_TEN });
        assert_eq!((fails(&mut machine, 0), fails(&mut machine, 0).is_some()), (None, true));
        assert_eq!(machine.counts(at(0)), Counts::default());
        assert_eq!(closes(&mut machine), Some(Transition::Closed));
        assert_eq!(fails(&mut machine, RECOVERY), None, "one of one, and two are the least");
        assert_eq!(machine.counts(at(RECOVERY)).calls, 1);
    }
}

#[test]
fn only_a_window_full_of_quick_successes_is_clean() {
    let mut machine = rated(Rates { window: Window::Calls(3), slow: Some(SLOW), ..HALF_OF_TEN });
    for (verdict, slow, standing) in [
        (Verdict::Success, false, Standing::Counting),
        (Verdict::Success, false, Standing::Counting),
        (Verdict::Success, false, Standing::Clean),
        (Verdict::Success, true, Standing::Counting),
        (Verdict::Success, false, Standing::Counting),
        (Verdict::Success, false, Standing::Counting),
        (Verdict::Success, false, Standing::Clean),
        (Verdict::Failure, false, Standing::Counting),
    ] {
        assert_eq!(ends(&mut machine, verdict, slow, 0), None);
        assert_eq!(machine.standing(), standing);
    }
    let timed = Rates { window: Window::Time(Duration::from_nanos(100)), ..HALF_OF_TEN };
    let mut machine = rated(timed);
    assert_eq!(machine.standing(), Standing::Apart);
    fails(&mut machine, 0);
    succeeds(&mut machine, 50);
    assert_eq!(machine.standing(), Standing::Counting, "there is a failure in the window");
    succeeds(&mut machine, 100);
    assert_eq!(machine.standing(), Standing::Apart, "it is past");
}

#[test]
fn what_was_counted_apart_counts() {
    let timed = Rates { window: Window::Time(Duration::from_nanos(100)), ..HALF_OF_TEN };
    let mut machine = rated(timed);
    let apart = machine.apart().expect("a window of time");
    (0..8).for_each(|_| apart.add(machine.generation(), at(0)));
    assert_eq!(machine.counts(at(99)).calls, 8);
    for _ in 0..7 {
        assert_eq!(fails(&mut machine, 50), None);
    }
    assert_eq!(machine.counts(at(50)), Counts { calls: 15, failures: 7, slow: 0 });
    (0..3).for_each(|_| apart.add(machine.generation(), at(60)));
    assert_eq!(machine.judge(at(60)), None, "7 of 18");
    let opens = machine.judge(at(101));
    assert!(matches!(opens, Some(Transition::Opened { .. })), "7 of 10, once the first are past: {opens:?}");
    assert_eq!((machine.judge(at(101)), machine.counts(at(101)).calls), (None, 0));
}
