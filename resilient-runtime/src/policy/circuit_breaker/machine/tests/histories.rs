//! Random histories: the machine beside a reference that never forgets a ticket and recomputes
//! everything from the list, and the machine under clocks that misbehave. Single rules are one file up.

use std::ops::Range;

use super::*;
use crate::policy::circuit_breaker::settings::{Rates, Slow};
use crate::window::Window;

mod reference;

use reference::Reference;

const HISTORIES: u64 = 100_000;
const STEPS: usize = 120;
/// No recovery timeout, probe timeout or call is as long.
const LONGEST: u64 = 80;

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap()
}

fn random_settings(dice: &mut fastrand::Rng) -> Settings {
    let recovery_timeout = Duration::from_nanos(dice.u64(1..60));
    let rates = (dice.u32(0..3) > 0).then(|| random_rates(dice));
    let by_rate = rates.is_some_and(|rates| rates.failure.is_some());
    Settings {
        failure_threshold: (!by_rate).then(|| dice.u32(1..5)),
        rates,
        recovery_timeout,
        max_recovery_timeout: recovery_timeout * dice.u32(1..6),
        half_open_max_calls: dice.u32(1..4),
        success_threshold: dice.u32(1..4),
        probe_timeout: dice.bool().then(|| Duration::from_nanos(dice.u64(1..60))),
    }
}

fn random_rates(dice: &mut fastrand::Rng) -> Rates {
    let rate = |dice: &mut fastrand::Rng| f64::from(dice.u32(1..=10)) / 10.0;
    let (failure, slow) = ([0, 1].contains(&dice.u32(0..3)), dice.bool());
    let calls = dice.u32(1..12);
    Rates {
        failure: (failure || !slow).then(|| rate(dice)),
        slow: slow.then(|| Slow { call: Duration::from_nanos(1), rate: rate(dice) }),
        // So short a window of time is exact to the nanosecond.
        window: if dice.bool() {
            Window::Calls(calls)
        } else {
            Window::Time(Duration::from_nanos(dice.u64(1..100)))
        },
        minimum_calls: dice.u32(1..=calls),
    }
}

/// How often each thing happened, so that a history that never gets anywhere is noticed.
#[derive(Debug, Default)]
struct Seen {
    refused: u32,
    opened: u32,
    half_opened: u32,
    closed: u32,
    late: u32,
    by_failures: u32,
    by_failure_rate: u32,
    by_slow_calls: u32,
    slow_probes: u32,
    grown_periods: u32,
}

impl Seen {
    fn opening(&mut self, cause: Cause, period: Duration, settings: &Settings) {
        match cause {
            Cause::Failures(_) => self.by_failures += 1,
            Cause::FailureRate(_) => self.by_failure_rate += 1,
            Cause::SlowCallRate(_) => self.by_slow_calls += 1,
            Cause::SlowProbe => self.slow_probes += 1,
            Cause::FailedProbe => {}
        }
        self.grown_periods += u32::from(period > settings.recovery_timeout);
        self.opened += 1;
    }

    fn rarest(&self) -> u32 {
        let states = [self.refused, self.opened, self.half_opened, self.closed, self.late];
        let causes = [self.by_failures, self.by_failure_rate, self.by_slow_calls, self.slow_probes];
        states.into_iter().chain(causes).fold(self.grown_periods, u32::min)
    }
}

/// Two tests, as there are two halves of the work for two threads.
#[test]
fn random_histories_agree_with_the_reference() {
    agree_with_the_reference(0..HISTORIES / 2);
}

#[test]
fn as_many_others_agree_with_it_too() {
    agree_with_the_reference(HISTORIES / 2..HISTORIES);
}

fn agree_with_the_reference(seeds: Range<u64>) {
    let mut seen = Seen::default();
    for seed in seeds {
        let mut dice = fastrand::Rng::with_seed(seed);
        let settings = random_settings(&mut dice);
        let (mut machine, mut reference) = (Machine::of(settings), Reference::new(settings));
        let (mut now, mut passes) = (dice.u64(0..1000), Vec::<Pass>::new());
        for step in 0..STEPS {
            let transition = match dice.u32(0..100) {
                0..40 => {
                    let longest = Duration::from_nanos(dice.u64(0..LONGEST));
                    let (answer, transition) = machine.admit(at(now), longest);
                    assert_eq!(
                        answer.map_err(nanos).map(drop),
                        reference.admit(now, longest),
                        "{seed}/{step}"
                    );
                    match answer {
                        Ok(pass) => passes.push(pass),
                        Err(_) => seen.refused += 1,
                    }
                    transition
                }
                40..80 if !passes.is_empty() => {
                    // Also one that is settled already: it must not count twice.
                    let ticket = dice.usize(passes.len().saturating_sub(6)..passes.len());
                    let settled = reference.tickets[ticket].settled;
                    let (pass, report) = (passes[ticket], dice.usize(0..5).min(2));
                    // A pass of a closed circuit is consumed by its permit; only a probe's is checked here.
                    if settled && matches!(pass, Pass::Call { .. }) {
                        continue;
                    }
                    let verdict = [Verdict::Success, Verdict::Neutral, Verdict::Failure][report];
                    let slow = settings.slow().is_some() && dice.u32(0..3) > 0;
                    let in_time = reference.settle(ticket, now, verdict, slow);
                    seen.late += u32::from(!in_time);
                    let settled = machine.settle(pass, verdict, slow, at(now));
                    assert_eq!(settled != Settled::Stale, in_time, "{seed}/{step}");
                    settled.transition()
                }
                98 => {
                    reference.go("closed");
                    machine.reset()
                }
                99 => match dice.u32(0..8) {
                    0 => {
                        reference.go("forced_open");
                        machine.force_open()
                    }
                    1 => {
                        reference.go("forced_closed");
                        machine.force_closed()
                    }
                    2 => {
                        reference.go("forced_closed");
                        machine.disable()
                    }
                    _ => continue,
                },
                _ => {
                    now += dice.u64(0..40);
                    None
                }
            };
            match transition {
                Some(Transition::Opened { cause, period }) => seen.opening(cause, period, &settings),
                Some(Transition::HalfOpened) => seen.half_opened += 1,
                Some(Transition::Closed) => seen.closed += 1,
                Some(Transition::ForcedOpen) | None => {}
            }
            let in_flight = machine.probes_in_flight(at(now));
            assert!(in_flight <= settings.half_open_max_calls as usize, "{seed}/{step}");
            assert_eq!(in_flight, reference.holding(now).len(), "{seed}/{step}");
            assert_eq!(machine.state(at(now)), reference.shown(now), "{seed}/{step}");
            assert_eq!(machine.retry_after(at(now)).map(nanos), reference.wait(now), "{seed}/{step}");
            assert_eq!(machine.failures(), reference.failures, "{seed}/{step}");
            assert_eq!(machine.counts(at(now)), reference.counts(now), "{seed}/{step}");
            assert_eq!(machine.open_period().map(nanos), reference.open_period(), "{seed}/{step}");
            assert_eq!(machine.generation(), reference.era, "{seed}/{step}");
            clean_is_unmoved(&machine, at(now), seed);
        }
        closes_by_successes_after_the_wait(&mut machine, now, seed);
    }
    assert!(seen.rarest() > 300, "the histories exercise too little: {seen:?}");
}

/// Where calls that succeed do not tell the machine, it must not matter.
fn clean_is_unmoved(machine: &Machine, now: Moment, seed: u64) {
    if machine.standing() == Standing::Clean {
        let mut told = machine.clone();
        let pass = Pass::Call { generation: machine.generation() };
        assert_eq!(told.succeed(pass, now), None, "{seed}");
        assert_eq!((told.failures(), told.counts(now)), (machine.failures(), machine.counts(now)), "{seed}");
        assert_eq!(told.standing(), Standing::Clean, "{seed}");
    }
}

/// From open and half-open, as many successes as are asked for lead back to closed.
fn closes_by_successes_after_the_wait(machine: &mut Machine, now: u64, seed: u64) {
    if !matches!(machine.phase, Phase::Open { .. } | Phase::HalfOpen { .. }) {
        return;
    }
    let later = now + nanos(machine.settings.max_recovery_timeout) + LONGEST;
    for _ in 0..machine.settings.success_threshold {
        let pass = admitted(machine, later);
        machine.succeed(pass, at(later));
    }
    assert_eq!(machine.state(at(later)), CircuitState::Closed, "{seed}");
}

#[test]
fn no_clock_and_no_limit_makes_it_panic_or_let_too_many_through() {
    let limits = [Duration::from_nanos(1), Duration::from_secs(1), Duration::MAX];
    let moments = [0, 1, 5, 1_000_000_000, u64::MAX - 1, u64::MAX];
    for seed in 0..HISTORIES / 10 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let settings = Settings {
            recovery_timeout: limits[dice.usize(0..3)],
            max_recovery_timeout: Duration::MAX,
            probe_timeout: dice.bool().then(|| limits[dice.usize(0..3)]),
            rates: dice
                .bool()
                .then(|| Rates { window: Window::Time(limits[dice.usize(0..3)]), ..random_rates(&mut dice) }),
            ..random_settings(&mut dice)
        };
        let (mut machine, mut passes) = (Machine::of(settings), Vec::new());
        for _ in 0..STEPS {
            // Forwards, backwards or not at all.
            let now = at(moments[dice.usize(0..moments.len())]);
            let generation = machine.generation();
            match (dice.u32(0..10), passes.pop()) {
                (0..5, _) => passes.extend(machine.admit(now, limits[dice.usize(0..3)]).0.ok()),
                (5..8, Some(pass)) => drop(machine.settle(pass, Verdict::Failure, dice.bool(), now)),
                (8, Some(pass)) => drop(machine.settle(pass, Verdict::Success, dice.bool(), now)),
                (_, Some(pass)) => drop(machine.release(pass, now)),
                (_, None) => {}
            }
            assert!(machine.generation() >= generation);
            assert!(machine.probes_in_flight(now) <= settings.half_open_max_calls as usize);
            assert!(machine.retry_after(now) != Some(Duration::ZERO), "a wait of zero is no refusal");
        }
    }
}

#[test]
fn a_clock_that_steps_back_prolongs_the_wait_by_no_more_than_the_step() {
    let mut machine = opened(SETTINGS, 1000);
    assert_eq!(refused(&mut machine, 900), 200);
    assert_eq!(refused(&mut machine, 0), 1100);
    admitted(&mut machine, 1100);
}

#[test]
fn a_clock_that_stands_still_neither_recovers_nor_expires() {
    let mut machine = opened(SETTINGS, 1000);
    assert!((0..1000).all(|_| refused(&mut machine, 1000) == RECOVERY));
    admitted(&mut machine, 1100);
    assert!((0..1000).all(|_| refused(&mut machine, 1100) == 50));
}

#[test]
fn the_shortest_recovery_timeout_recovers_at_the_next_instant() {
    let mut machine = Machine::of(Settings {
        failure_threshold: Some(1),
        recovery_timeout: Duration::from_nanos(1),
        max_recovery_timeout: Duration::from_nanos(1),
        probe_timeout: None,
        ..SETTINGS
    });
    for now in 0..100_000 {
        let pass = admitted(&mut machine, now);
        machine.fail(pass, at(now));
        assert_eq!(machine.state(at(now)), CircuitState::Open);
    }
}
