//! How long the circuit stays open, time after time: what makes the period grow, what caps it, and what
//! brings it back.

use super::*;

/// From 100 ns up to 500 ns.
const GROWING: Settings = Settings { max_recovery_timeout: Duration::from_nanos(5 * RECOVERY), ..SETTINGS };

/// Fails from `now` on until it opens, and says for how long.
fn opens(machine: &mut Machine, now: u64) -> u64 {
    loop {
        let pass = admitted(machine, now);
        if let Some(Transition::Opened { period, .. }) = machine.fail(pass, at(now)) {
            assert_eq!(machine.open_period(), Some(period));
            let ends = Moment::from_nanos(now).after(period);
            assert_eq!(machine.retry_after(at(now)), Some(ends.since(at(now))));
            return u64::try_from(period.as_nanos()).unwrap();
        }
    }
}

fn closes(machine: &mut Machine, now: u64) {
    let pass = admitted(machine, now);
    assert_eq!(machine.open_period().is_some(), machine.state(at(now)) == CircuitState::HalfOpen);
    assert_eq!(machine.succeed(pass, at(now)), Some(Transition::Closed));
    assert_eq!(machine.open_period(), None);
}

#[test]
fn it_doubles_with_every_failed_probe_up_to_the_cap() {
    let (mut machine, mut now) = (Machine::of(GROWING), 0);
    for period in [100, 200, 400, 500, 500, 500] {
        assert_eq!(opens(&mut machine, now), period);
        now += period;
    }
}

#[test]
fn it_does_not_grow_unless_it_may() {
    let (mut machine, mut now) = (Machine::of(SETTINGS), 0);
    for _ in 0..10 {
        assert_eq!(opens(&mut machine, now), RECOVERY);
        now += RECOVERY;
    }
}

#[test]
fn one_success_does_not_bring_it_back_and_a_closed_spell_as_long_does() {
    let (mut machine, mut now) = (Machine::of(GROWING), 0);
    // Closed for so long before it opens again, for so long.
    for (closed, period) in [(0, 100), (0, 200), (199, 400), (400, 100), (99, 200), (200, 100), (5000, 100)] {
        if now > 0 {
            closes(&mut machine, now);
        }
        now += closed;
        assert_eq!(opens(&mut machine, now), period, "closed for {closed}");
        now += period;
    }
}

#[test]
fn a_reset_and_a_forced_state_bring_it_back() {
    type Change = fn(&mut Machine) -> Option<Transition>;
    let changes: [Change; 2] = [Machine::force_open, Machine::force_closed];
    for change in changes.into_iter().map(Some).chain([None]) {
        let (mut machine, mut now) = (Machine::of(GROWING), 0);
        for _ in 0..3 {
            now += opens(&mut machine, now);
        }
        change.map(|change| change(&mut machine));
        machine.reset();
        assert_eq!(opens(&mut machine, now), RECOVERY);
    }
}

#[test]
fn an_endless_cap_doubles_it_until_it_is_for_ever() {
    let mut machine = Machine::of(Settings { max_recovery_timeout: Duration::MAX, ..SETTINGS });
    let (mut now, mut last) = (0_u64, 50);
    while let Some(later) = now.checked_add(opens(&mut machine, now)) {
        assert_eq!(later - now, 2 * last);
        (now, last) = (later, later - now);
    }
    assert_eq!(machine.state(at(u64::MAX - 2)), CircuitState::Open);
}

/// Healthy for 1 s of every 5: each time it is back the circuit closes, and soon opens again.
#[test]
fn a_service_that_flaps_gets_ever_fewer_calls_while_it_is_down() {
    const SECOND: u64 = 1_000_000_000;
    let settings = Settings {
        recovery_timeout: Duration::from_secs(1),
        max_recovery_timeout: Duration::from_secs(60),
        probe_timeout: None,
        ..SETTINGS
    };
    let (mut machine, mut wasted, mut trips) = (Machine::of(settings), [0; 2], 0);
    // Ten calls a second for ten minutes.
    for tick in 0..6000 {
        let now = tick * SECOND / 10;
        let (Ok(pass), _) = machine.admit(at(now), Duration::ZERO) else { continue };
        if tick % 50 < 10 {
            machine.succeed(pass, at(now));
        } else {
            wasted[usize::from(tick >= 3000)] += 1;
            trips += u32::from(machine.fail(pass, at(now)).is_some());
        }
    }
    let [early, late] = wasted;
    assert!(early + late <= 3 * trips, "no more than the threshold with every trip");
    assert!(late <= 15 && late < early, "{early} {late}");
}
