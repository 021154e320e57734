//! Random histories: the machine beside a reference that never forgets a ticket and recomputes
//! everything from the list, and the machine under clocks that misbehave. Single rules are one file up.

use super::*;

const HISTORIES: u64 = 4000;
const STEPS: usize = 120;
/// No recovery timeout, probe timeout or call is as long.
const LONGEST: u64 = 80;

#[derive(Clone, Copy)]
struct Ticket {
    era: u64,
    /// `Some`: a probe, holding its place until then.
    expires: Option<u64>,
    settled: bool,
}

/// The rules of the contract in the plainest way: flat numbers, and every ticket that was ever given.
struct Reference {
    settings: Settings,
    era: u64,
    state: &'static str,
    failures: u32,
    successes: u32,
    open_until: u64,
    tickets: Vec<Ticket>,
}

impl Reference {
    fn new(settings: Settings) -> Self {
        Self { settings, era: 0, state: "closed", failures: 0, successes: 0, open_until: 0, tickets: vec![] }
    }

    fn go(&mut self, state: &'static str) {
        self.state = state;
        self.era += 1;
        (self.failures, self.successes) = (0, 0);
    }

    fn holding(&self, now: u64) -> Vec<u64> {
        let held = self.tickets.iter().filter(|ticket| ticket.era == self.era && !ticket.settled);
        held.filter_map(|ticket| ticket.expires).filter(|&expires| expires > now).collect()
    }

    fn shown(&self, now: u64) -> CircuitState {
        match self.state {
            "open" if now < self.open_until => CircuitState::Open,
            "forced_open" => CircuitState::Open,
            "open" | "half_open" => CircuitState::HalfOpen,
            _ => CircuitState::Closed,
        }
    }

    fn wait(&self, now: u64) -> Option<u64> {
        match self.state {
            "open" if now < self.open_until => Some(self.open_until - now),
            "forced_open" => Some(nanos(self.settings.recovery_timeout)),
            "half_open" if self.holding(now).len() >= self.settings.half_open_max_calls as usize => {
                self.holding(now).into_iter().min().map(|expires| expires - now)
            }
            _ => None,
        }
    }

    fn admit(&mut self, now: u64, longest: Duration) -> Result<(), u64> {
        if self.state == "open" && now >= self.open_until {
            self.go("half_open");
        }
        if let Some(wait) = self.wait(now) {
            return Err(wait);
        }
        let probe_timeout =
            self.settings.probe_timeout.unwrap_or(self.settings.recovery_timeout.max(longest));
        let expires = (self.state == "half_open").then(|| now + nanos(probe_timeout));
        self.tickets.push(Ticket { era: self.era, expires, settled: false });
        Ok(())
    }

    fn settle(&mut self, ticket: usize, now: u64, result: Option<bool>) {
        let Ticket { era, expires, settled } = self.tickets[ticket];
        self.tickets[ticket].settled = true;
        if settled || era != self.era || expires.is_some_and(|expires| expires <= now) {
            return;
        }
        match (self.state, result) {
            ("closed", Some(true)) => self.failures = 0,
            ("closed", Some(false)) => {
                self.failures += 1;
                if self.failures == self.settings.failure_threshold {
                    self.open(now);
                }
            }
            ("half_open", Some(false)) => self.open(now),
            ("half_open", Some(true)) => {
                self.successes += 1;
                if self.successes == self.settings.success_threshold {
                    self.go("closed");
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, now: u64) {
        self.go("open");
        self.open_until = now + nanos(self.settings.recovery_timeout);
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap()
}

fn random_settings(dice: &mut fastrand::Rng) -> Settings {
    let recovery_timeout = Duration::from_nanos(dice.u64(1..60));
    Settings {
        failure_threshold: dice.u32(1..5),
        recovery_timeout,
        half_open_max_calls: dice.u32(1..4),
        success_threshold: dice.u32(1..4),
        probe_timeout: dice.bool().then(|| Duration::from_nanos(dice.u64(1..60))),
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
}

#[test]
fn random_histories_agree_with_the_reference() {
    let mut seen = Seen::default();
    for seed in 0..HISTORIES {
        let mut dice = fastrand::Rng::with_seed(seed);
        let settings = random_settings(&mut dice);
        let (mut machine, mut reference) = (Machine::new(settings), Reference::new(settings));
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
                    if settled && pass.probe.is_none() {
                        continue;
                    }
                    seen.late += u32::from(pass.generation != machine.generation());
                    reference.settle(ticket, now, [Some(true), None, Some(false)][report]);
                    match report {
                        0 => machine.succeed(pass, at(now)),
                        1 => {
                            machine.release(pass, at(now));
                            None
                        }
                        _ => machine.fail(pass, at(now)),
                    }
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
                    _ => continue,
                },
                _ => {
                    now += dice.u64(0..40);
                    None
                }
            };
            match transition {
                Some(Transition::Opened { .. } | Transition::ForcedOpen) => seen.opened += 1,
                Some(Transition::HalfOpened) => seen.half_opened += 1,
                Some(Transition::Closed) => seen.closed += 1,
                None => {}
            }
            let in_flight = machine.probes_in_flight(at(now));
            assert!(in_flight <= settings.half_open_max_calls as usize, "{seed}/{step}");
            assert_eq!(in_flight, reference.holding(now).len(), "{seed}/{step}");
            assert_eq!(machine.state(at(now)), reference.shown(now), "{seed}/{step}");
            assert_eq!(machine.retry_after(at(now)).map(nanos), reference.wait(now), "{seed}/{step}");
            assert_eq!(machine.failures(), reference.failures, "{seed}/{step}");
            assert_eq!(machine.generation(), reference.era, "{seed}/{step}");
        }
        closes_by_successes_after_the_wait(&mut machine, now, seed);
    }
    let rarest = [seen.refused, seen.opened, seen.half_opened, seen.closed, seen.late].into_iter().min();
    assert!(rarest > Some(1000), "the histories exercise too little: {seen:?}");
}

/// From any state that was not forced, as many successes as are asked for lead back to closed.
fn closes_by_successes_after_the_wait(machine: &mut Machine, now: u64, seed: u64) {
    if matches!(machine.phase, Phase::ForcedOpen | Phase::ForcedClosed) {
        return;
    }
    let later = now + nanos(machine.settings.recovery_timeout) + LONGEST;
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
    for seed in 0..HISTORIES {
        let mut dice = fastrand::Rng::with_seed(seed);
        let settings = Settings {
            recovery_timeout: limits[dice.usize(0..3)],
            probe_timeout: dice.bool().then(|| limits[dice.usize(0..3)]),
            ..random_settings(&mut dice)
        };
        let (mut machine, mut passes) = (Machine::new(settings), Vec::new());
        for _ in 0..STEPS {
            // Forwards, backwards or not at all.
            let now = at(moments[dice.usize(0..moments.len())]);
            let generation = machine.generation();
            match (dice.u32(0..10), passes.pop()) {
                (0..5, _) => passes.extend(machine.admit(now, limits[dice.usize(0..3)]).0.ok()),
                (5..8, Some(pass)) => drop(machine.fail(pass, now)),
                (8, Some(pass)) => drop(machine.succeed(pass, now)),
                (_, Some(pass)) => machine.release(pass, now),
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
    let mut machine = Machine::new(Settings {
        failure_threshold: 1,
        recovery_timeout: Duration::from_nanos(1),
        probe_timeout: None,
        ..SETTINGS
    });
    for now in 0..100_000 {
        let pass = admitted(&mut machine, now);
        machine.fail(pass, at(now));
        assert_eq!(machine.state(at(now)), CircuitState::Open);
    }
}
