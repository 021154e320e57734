//! The machine alone, told moments and results: every rule once by hand, then thousands of random
//! histories beside a plain reference. Locks, threads, events and names are tested one room up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use super::*;

mod forced;
mod histories;
mod periods;
mod rates;

const RECOVERY: u64 = 100;

/// Opens after 3 failures for 100 ns; one probe that may take 50 ns, one success.
const SETTINGS: Settings = Settings {
    failure_threshold: Some(3),
    rates: None,
    recovery_timeout: Duration::from_nanos(RECOVERY),
    max_recovery_timeout: Duration::from_nanos(RECOVERY),
    half_open_max_calls: 1,
    success_threshold: 1,
    probe_timeout: Some(Duration::from_nanos(50)),
};

/// Calls that were quick, told by what they came to.
impl Machine {
    /// Settings that hold for as long as the process lives, as a circuit's do.
    fn of(settings: Settings) -> Self {
        Self::new(Box::leak(Box::new(settings)))
    }

    fn succeed(&mut self, pass: Pass, now: Moment) -> Option<Transition> {
        self.settle(pass, Verdict::Success, false, now).transition()
    }

    fn fail(&mut self, pass: Pass, now: Moment) -> Option<Transition> {
        self.settle(pass, Verdict::Failure, false, now).transition()
    }

    fn release(&mut self, pass: Pass, now: Moment) -> Option<Transition> {
        self.settle(pass, Verdict::Neutral, false, now).transition()
    }
}

impl Settled {
    fn transition(self) -> Option<Transition> {
        match self {
            Self::Stale => None,
            Self::InTime(transition) => transition,
        }
    }
}

const fn at(nanos: u64) -> Moment {
    Moment::from_nanos(nanos)
}

fn admitted(machine: &mut Machine, now: u64) -> Pass {
    machine.admit(at(now), Duration::ZERO).0.expect("admitted")
}

fn refused(machine: &mut Machine, now: u64) -> u64 {
    let wait = machine.admit(at(now), Duration::ZERO).0.expect_err("refused");
    u64::try_from(wait.as_nanos()).unwrap()
}

/// A machine that was opened at `now` by as many failures as it takes.
fn opened(settings: Settings, now: u64) -> Machine {
    let mut machine = Machine::of(settings);
    let threshold = settings.failure_threshold.expect("failures in a row open it");
    for failure in 1..=threshold {
        let pass = admitted(&mut machine, now);
        let opens = machine.fail(pass, at(now)).is_some();
        assert_eq!(opens, failure == threshold);
    }
    machine
}

#[test]
fn it_opens_exactly_at_the_threshold() {
    for failure_threshold in [1, 2, 5] {
        let mut machine = Machine::of(Settings { failure_threshold: Some(failure_threshold), ..SETTINGS });
        for failures in 1..failure_threshold {
            let pass = admitted(&mut machine, 0);
            assert_eq!(machine.fail(pass, at(0)), None);
            assert_eq!((machine.state(at(0)), machine.failures()), (CircuitState::Closed, failures));
        }
        let pass = admitted(&mut machine, 0);
        let cause = Cause::Failures(failure_threshold);
        let period = SETTINGS.recovery_timeout;
        assert_eq!(machine.fail(pass, at(0)), Some(Transition::Opened { cause, period }));
        assert_eq!(machine.state(at(0)), CircuitState::Open);
    }
}

#[test]
fn a_success_forgets_the_failures_before_it() {
    let mut machine = Machine::of(SETTINGS);
    for _ in 0..100 {
        for _ in 0..2 {
            let pass = admitted(&mut machine, 0);
            assert_eq!(machine.fail(pass, at(0)), None);
        }
        let pass = admitted(&mut machine, 0);
        assert_eq!(machine.succeed(pass, at(0)), None);
    }
    assert_eq!((machine.state(at(0)), machine.failures()), (CircuitState::Closed, 0));
}

#[test]
fn open_it_refuses_until_the_recovery_timeout_and_says_how_long() {
    let mut machine = opened(SETTINGS, 1000);
    for (now, wait) in [(1000, 100), (1001, 99), (1099, 1)] {
        assert_eq!(refused(&mut machine, now), wait);
        assert_eq!(machine.retry_after(at(now)), Some(Duration::from_nanos(wait)));
    }
    let (pass, transition) = machine.admit(at(1100), Duration::ZERO);
    assert_eq!((pass.is_ok(), transition), (true, Some(Transition::HalfOpened)));
}

#[test]
fn the_state_is_true_without_a_call() {
    let machine = opened(SETTINGS, 1000);
    assert_eq!(machine.state(at(1099)), CircuitState::Open);
    assert_eq!(machine.state(at(1100)), CircuitState::HalfOpen);
    assert_eq!(machine.retry_after(at(1100)), None);
}

#[test]
fn half_open_it_lets_exactly_so_many_probes_through_at_once() {
    for half_open_max_calls in [1, 2, 7] {
        let mut machine = opened(Settings { half_open_max_calls, success_threshold: 9, ..SETTINGS }, 0);
        let passes: Vec<_> = (0..half_open_max_calls).map(|_| admitted(&mut machine, RECOVERY)).collect();
        assert_eq!(machine.probes_in_flight(at(RECOVERY)), passes.len());
        assert_eq!(refused(&mut machine, RECOVERY + 10), 40, "until the first probe has expired");
        // A place that is given back is one place, not more.
        machine.succeed(passes[0], at(RECOVERY + 10));
        admitted(&mut machine, RECOVERY + 10);
        refused(&mut machine, RECOVERY + 10);
    }
}

#[test]
fn so_many_successful_probes_close_it_and_it_starts_afresh() {
    let mut machine = opened(Settings { success_threshold: 3, ..SETTINGS }, 0);
    for successes in 1..=3 {
        assert_eq!(machine.state(at(RECOVERY)), CircuitState::HalfOpen);
        let pass = admitted(&mut machine, RECOVERY);
        let transition = machine.succeed(pass, at(RECOVERY));
        assert_eq!(transition, (successes == 3).then_some(Transition::Closed));
    }
    assert_eq!((machine.state(at(RECOVERY)), machine.failures()), (CircuitState::Closed, 0));
    for _ in 0..2 {
        let pass = admitted(&mut machine, RECOVERY);
        assert_eq!(machine.fail(pass, at(RECOVERY)), None, "the threshold is a new breaker's");
    }
}

#[test]
fn one_failed_probe_opens_it_again_for_a_full_period_whatever_the_others_do() {
    let mut machine = opened(Settings { half_open_max_calls: 3, success_threshold: 2, ..SETTINGS }, 0);
    let [one, other, third] = [(); 3].map(|()| admitted(&mut machine, RECOVERY));
    assert_eq!(machine.succeed(one, at(RECOVERY + 5)), None);
    let (cause, period) = (Cause::FailedProbe, SETTINGS.recovery_timeout);
    assert_eq!(machine.fail(other, at(RECOVERY + 20)), Some(Transition::Opened { cause, period }));
    assert_eq!(machine.succeed(third, at(RECOVERY + 21)), None);
    assert_eq!(refused(&mut machine, RECOVERY + 20), RECOVERY);
    assert_eq!(refused(&mut machine, 2 * RECOVERY + 19), 1);
    // The successes before the failure are forgotten too.
    let probe = admitted(&mut machine, 2 * RECOVERY + 20);
    assert_eq!(machine.succeed(probe, at(2 * RECOVERY + 20)), None);
    assert_eq!(machine.state(at(2 * RECOVERY + 20)), CircuitState::HalfOpen);
}

type Report = fn(&mut Machine, Pass, Moment) -> Option<Transition>;

/// Every way in which a call can end.
const REPORTS: [(&str, Report); 3] =
    [("success", Machine::succeed), ("failure", Machine::fail), ("release", Machine::release)];

/// Asserts that `report` changes nothing that can be seen.
fn changes_nothing(what: &str, machine: &mut Machine, report: Report, pass: Pass, now: u64) {
    let before = machine.clone();
    assert_eq!(report(machine, pass, at(now)), None, "{what}");
    assert_eq!((machine.generation, &machine.phase), (before.generation, &before.phase), "{what}");
    assert_eq!(machine.tally, before.tally, "{what}");
}

#[test]
fn late_results_of_an_older_generation_change_nothing() {
    for (what, report) in REPORTS {
        let mut machine = Machine::of(SETTINGS);
        let late = admitted(&mut machine, 0);
        for _ in 0..3 {
            let pass = admitted(&mut machine, 0);
            machine.fail(pass, at(0));
        }
        changes_nothing(what, &mut machine, report, late, 1);
        let probe = admitted(&mut machine, RECOVERY);
        changes_nothing(what, &mut machine, report, late, RECOVERY);
        machine.succeed(probe, at(RECOVERY));
        let failed = admitted(&mut machine, RECOVERY);
        machine.fail(failed, at(RECOVERY));
        changes_nothing(what, &mut machine, report, late, RECOVERY);
        assert_eq!(machine.failures(), 1);
    }
}

#[test]
fn a_hundred_late_failures_do_not_prolong_the_open_period() {
    let mut machine = Machine::of(SETTINGS);
    let passes: Vec<_> = (0..103).map(|_| admitted(&mut machine, 0)).collect();
    let opened = passes.iter().zip(0..).filter(|&(&pass, now)| machine.fail(pass, at(now)).is_some()).count();
    assert_eq!(opened, 1);
    assert_eq!(machine.state(at(2 + RECOVERY)), CircuitState::HalfOpen, "counted from the third failure");
}

#[test]
fn a_probe_that_takes_too_long_gives_its_place_up_and_its_late_result_changes_nothing() {
    for (what, report) in REPORTS {
        let mut machine = opened(SETTINGS, 0);
        let hung = admitted(&mut machine, RECOVERY);
        assert_eq!(refused(&mut machine, RECOVERY + 49), 1);
        assert_eq!(machine.probes_in_flight(at(RECOVERY + 50)), 0);
        let second = admitted(&mut machine, RECOVERY + 50);
        changes_nothing(what, &mut machine, report, hung, RECOVERY + 51);
        assert_eq!(machine.probes_in_flight(at(RECOVERY + 51)), 1, "{what} of the first frees no place");
        refused(&mut machine, RECOVERY + 51);
        assert_eq!(machine.succeed(second, at(RECOVERY + 52)), Some(Transition::Closed));
    }
}

#[test]
fn an_expired_probe_counts_no_more_also_when_nobody_has_taken_its_place() {
    for (what, report) in REPORTS {
        let mut machine = opened(SETTINGS, 0);
        let hung = admitted(&mut machine, RECOVERY);
        assert_eq!(report(&mut machine, hung, at(RECOVERY + 50)), None, "{what}");
        assert_eq!(machine.state(at(RECOVERY + 50)), CircuitState::HalfOpen, "{what}");
        admitted(&mut machine, RECOVERY + 50);
    }
}

#[test]
fn a_probe_may_take_as_long_as_the_recovery_timeout_unless_said_otherwise() {
    let mut machine = opened(Settings { probe_timeout: None, ..SETTINGS }, 0);
    let probe = admitted(&mut machine, RECOVERY);
    assert_eq!(refused(&mut machine, 2 * RECOVERY - 1), 1);
    assert_eq!(machine.succeed(probe, at(2 * RECOVERY - 1)), Some(Transition::Closed));
}

#[test]
fn a_probe_holds_its_place_as_long_as_its_call_may_take_unless_a_probe_timeout_was_set() {
    for (probe_timeout, longest, holds) in [(None, 30, RECOVERY), (None, 700, 700), (Some(50), 700, 50)] {
        let probe_timeout = probe_timeout.map(Duration::from_nanos);
        let mut machine = opened(Settings { probe_timeout, ..SETTINGS }, 0);
        let probe = machine.admit(at(RECOVERY), Duration::from_nanos(longest)).0.expect("admitted");
        assert_eq!(refused(&mut machine, RECOVERY), holds, "{longest}");
        assert_eq!(machine.succeed(probe, at(RECOVERY + holds - 1)), Some(Transition::Closed), "{longest}");
    }
}

#[test]
fn a_cancelled_probe_gives_its_place_back_and_counts_neither_way() {
    let mut machine = opened(Settings { success_threshold: 2, ..SETTINGS }, 0);
    for _ in 0..100 {
        let probe = admitted(&mut machine, RECOVERY);
        machine.release(probe, at(RECOVERY));
        assert_eq!(machine.probes_in_flight(at(RECOVERY)), 0);
    }
    for transition in [None, Some(Transition::Closed)] {
        let probe = admitted(&mut machine, RECOVERY);
        assert_eq!(machine.succeed(probe, at(RECOVERY)), transition);
    }
}

#[test]
fn a_thousand_cancelled_calls_neither_open_it_nor_forgive_a_failure() {
    let mut machine = Machine::of(SETTINGS);
    for _ in 0..2 {
        let pass = admitted(&mut machine, 0);
        machine.fail(pass, at(0));
    }
    for _ in 0..1000 {
        let pass = admitted(&mut machine, 0);
        machine.release(pass, at(0));
    }
    assert_eq!((machine.state(at(0)), machine.failures()), (CircuitState::Closed, 2));
}

#[test]
fn a_pass_settles_once() {
    let mut machine = opened(Settings { half_open_max_calls: 2, success_threshold: 2, ..SETTINGS }, 0);
    let probe = admitted(&mut machine, RECOVERY);
    assert_eq!(machine.succeed(probe, at(RECOVERY)), None);
    for (what, report) in REPORTS {
        changes_nothing(what, &mut machine, report, probe, RECOVERY);
    }
}

#[test]
fn the_standing_is_never_kinder_than_the_machine() {
    let mut machine = Machine::of(SETTINGS);
    assert_eq!(machine.standing(), Standing::Clean);
    let pass = admitted(&mut machine, 0);
    machine.fail(pass, at(0));
    assert_eq!(machine.standing(), Standing::Counting);
    let mut machine = opened(SETTINGS, 7);
    assert_eq!(machine.standing(), Standing::Refusing(at(7 + RECOVERY)));
    admitted(&mut machine, 7 + RECOVERY);
    assert_eq!(machine.standing(), Standing::Ask);
    machine.force_open();
    assert_eq!(machine.standing(), Standing::Refusing(Moment::MAX));
    machine.force_closed();
    assert_eq!(machine.standing(), Standing::Clean);
}

#[test]
fn states_are_displayed_as_dashboards_write_them() {
    let shown = [CircuitState::Closed, CircuitState::Open, CircuitState::HalfOpen].map(|s| s.to_string());
    assert_eq!(shown, ["closed", "open", "half_open"]);
    assert_eq!(format!("{:>6}", CircuitState::Open), "  open");
}
