//! States that somebody sets by hand: what they hold against, and what a reset forgets.

use super::*;

#[test]
fn forced_open_it_refuses_through_time_and_successes_until_reset() {
    let mut machine = Machine::of(SETTINGS);
    let before = admitted(&mut machine, 0);
    assert_eq!(machine.force_open(), Some(Transition::ForcedOpen));
    assert_eq!(machine.succeed(before, at(0)), None);
    for now in [0, RECOVERY, 1_000_000 * RECOVERY, u64::MAX] {
        assert_eq!(machine.state(at(now)), CircuitState::Open);
        assert_eq!(refused(&mut machine, now), RECOVERY, "a finite wait, though none is known");
    }
    assert_eq!((machine.force_open(), machine.held()), (None, Some(Held::ForcedOpen)), "already open");
    assert_eq!(machine.reset(), Some(Transition::Closed));
    assert_eq!(machine.state(at(0)), CircuitState::Closed);
    admitted(&mut machine, 0);
}

#[test]
fn forced_closed_or_disabled_it_lets_pass_whatever_fails_until_reset() {
    passes_everything(Machine::force_closed, Held::ForcedClosed);
    passes_everything(Machine::disable, Held::Disabled);
}

fn passes_everything(command: fn(&mut Machine) -> Option<Transition>, held: Held) {
    let mut machine = opened(SETTINGS, 0);
    assert_eq!(machine.held(), None);
    assert_eq!(command(&mut machine), Some(Transition::Closed));
    assert_eq!((machine.held(), machine.standing()), (Some(held), Standing::Clean));
    for _ in 0..100 {
        let pass = admitted(&mut machine, 0);
        assert_eq!(
            (pass, machine.fail(pass, at(0))),
            (Pass::Call { generation: machine.generation() }, None)
        );
    }
    assert_eq!((machine.state(at(0)), machine.failures()), (CircuitState::Closed, 0));
    assert_eq!((machine.reset(), machine.held()), (None, None), "already closed");
    for _ in 0..3 {
        let pass = admitted(&mut machine, 0);
        machine.fail(pass, at(0));
    }
    assert_eq!(machine.state(at(0)), CircuitState::Open, "it counts again");
}

#[test]
fn reset_forgets_failures_open_periods_and_probes() {
    let mut closed = Machine::of(SETTINGS);
    let running = admitted(&mut closed, 0);
    closed.fail(running, at(0));
    assert_eq!((closed.reset(), closed.failures()), (None, 0));

    let mut open = opened(SETTINGS, 0);
    assert_eq!(open.reset(), Some(Transition::Closed));
    admitted(&mut open, 0);

    let mut half_open = opened(SETTINGS, 0);
    let probe = admitted(&mut half_open, RECOVERY);
    assert_eq!(half_open.reset(), Some(Transition::Closed));
    changes_nothing("a probe from before", &mut half_open, Machine::fail, probe, RECOVERY);
}
