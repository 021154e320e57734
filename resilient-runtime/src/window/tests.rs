//! The counts beside a naive recount of everything that was ever recorded, with calls, bursts, gaps and
//! clocks of all kinds. What is made of the counts is tested where they are judged.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

const OK: Call = Call { failed: false, slow: false };
const FAILED: Call = Call { failed: true, slow: false };
const SLOW: Call = Call { failed: false, slow: true };
const SECOND: Duration = Duration::from_secs(1);
const MILLI: u64 = 1_000_000;

/// So many nanoseconds after a moment with room on both sides.
fn at(nanos: u64) -> Moment {
    Moment::from_nanos((1 << 62) + nanos)
}

fn recorded(window: Window, calls: impl IntoIterator<Item = (u64, Call)>) -> Tally {
    let mut tally = Tally::new(window);
    for (nanos, call) in calls {
        tally.record(call, at(nanos));
    }
    tally
}

fn recount<'c>(calls: impl IntoIterator<Item = &'c Call>) -> Counts {
    calls.into_iter().fold(Counts::default(), |counts, &call| counts.plus(call))
}

fn random_call(dice: &mut fastrand::Rng) -> Call {
    Call { failed: dice.u32(0..3) == 0, slow: dice.u32(0..4) == 0 }
}

#[test]
fn the_last_calls_count_whatever_came_before() {
    for seed in 0..500 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let length = dice.u32(1..40);
        let (mut tally, mut since_cleared) = (Tally::new(Window::Calls(length)), Vec::new());
        for step in 0..200 {
            if dice.u32(0..60) == 0 {
                tally.clear(0);
                since_cleared.clear();
            }
            let call = if dice.u32(0..80) < length { OK } else { random_call(&mut dice) };
            tally.record(call, at(dice.u64(..1000)));
            since_cleared.push(call);
            let last = since_cleared.iter().rev().take(length as usize);
            let counts = recount(last);
            assert_eq!(tally.counts(at(0)), counts, "{seed}/{step}");
            let full_of_successes = counts == Counts { calls: length, failures: 0, slow: 0 };
            assert_eq!(tally.is_full_of_successes(), full_of_successes, "{seed}/{step}");
        }
    }
}

#[test]
fn a_success_leaves_a_window_full_of_successes_as_it_is() {
    let full = recorded(Window::Calls(3), [(0, FAILED), (0, OK), (0, OK), (0, OK)]);
    assert!(full.is_full_of_successes());
    for later in [OK, FAILED, SLOW] {
        let (mut skipped, mut counted) = (full.clone(), full.clone());
        counted.record(OK, at(0));
        for tally in [&mut skipped, &mut counted] {
            tally.record(later, at(0));
        }
        for _ in 0..4 {
            assert_eq!(skipped.counts(at(0)), counted.counts(at(0)));
            skipped.record(OK, at(0));
            counted.record(OK, at(0));
        }
    }
}

#[test]
fn a_window_of_time_is_exact_to_a_hundredth_whatever_the_calls() {
    for seed in 0..500 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let length = Duration::from_nanos(dice.u64(1..3000));
        let resolution = length / 100 + Duration::from_nanos(1);
        let (mut tally, mut all, mut now) = (Tally::new(Window::Time(length)), Vec::new(), 0);
        for step in 0..300 {
            now += match dice.u32(0..20) {
                0 => dice.u64(0..4000),
                1..4 => dice.u64(0..300),
                4..12 => dice.u64(0..5),
                _ => 0,
            };
            let age = |&&(then, _): &&(u64, Call)| Duration::from_nanos(now - then);
            let within = |longest: Duration| {
                recount(all.iter().filter(|call| age(call) < longest).map(|(_, call)| call))
            };
            let (counts, most) = (tally.counts(at(now)), within(length));
            let least = within(length.saturating_sub(resolution));
            for (counted, least, most) in [
                (counts.calls, least.calls, most.calls),
                (counts.failures, least.failures, most.failures),
                (counts.slow, least.slow, most.slow),
            ] {
                assert!((least..=most).contains(&counted), "{seed}/{step}: {least} {counted} {most}");
            }
            let call = random_call(&mut dice);
            tally.record(call, at(now));
            all.push((now, call));
        }
    }
}

#[test]
fn calls_further_apart_than_a_hundredth_or_at_one_instant_are_forgotten_to_the_nanosecond() {
    for seed in 0..200 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let length = dice.u64(1..20_000);
        let (mut tally, mut all, mut now) =
            (Tally::new(Window::Time(Duration::from_nanos(length))), Vec::new(), 0);
        for step in 0..300 {
            if dice.bool() {
                now += length / 100 + 1 + dice.u64(0..=length / 20);
            }
            let call = random_call(&mut dice);
            tally.record(call, at(now));
            all.push((now, call));
            let ends = all.iter().map(|&(then, _)| then + length).filter(|&end| end > now).min().unwrap();
            for moment in [now, ends - 1, ends] {
                let counted = all.iter().filter(|&&(then, _)| moment - then < length);
                assert_eq!(tally.counts(at(moment)), recount(counted.map(|(_, call)| call)), "{seed}/{step}");
            }
        }
    }
}

#[test]
fn a_burst_across_any_edge_is_one_burst() {
    let ten = Window::Time(SECOND * 10);
    for offset in 0..200 {
        let edge = 10_000 * MILLI + offset * 37 * MILLI;
        let calls = (0..6).map(|n| (if n < 3 { edge - 100 * MILLI } else { edge + 100 * MILLI }, FAILED));
        assert_eq!(recorded(ten, calls).counts(at(edge + 100 * MILLI)).failures, 6, "{offset}");
    }
    let before = (0..9_100).map(|n| (n * MILLI, OK));
    let after = (9_100..10_000).map(|n| (n * MILLI, FAILED));
    let rate = recorded(ten, before.chain(after)).counts(at(9_999 * MILLI)).failure_rate().unwrap();
    assert!((rate - 0.09).abs() < 1e-9, "{rate}");
}

#[test]
fn no_number_of_calls_takes_more_memory() {
    let capacity = |tally: &Tally| match tally {
        Tally::Calls(calls) => calls.calls.len(),
        Tally::Time(time) => time.intervals.capacity(),
    };
    for (length, step) in [(1, 1), (50, 1), (99, 1), (100, 1), (101, 1), (10_000, 7), (1_000_000, 10_001)] {
        let mut tally = Tally::new(Window::Time(Duration::from_nanos(length)));
        let taken = capacity(&tally);
        for call in 0..10_000 {
            tally.record(FAILED, at(call * step));
        }
        assert_eq!(capacity(&tally), taken, "{length}");
    }
    let mut tally = Tally::new(Window::Calls(7));
    (0..10_000).for_each(|call| tally.record(OK, at(call)));
    assert_eq!((capacity(&tally), tally.counts(at(0)).calls), (7, 7));
}

#[test]
fn a_clock_that_goes_back_stands_still_or_leaps_is_no_panic_and_no_early_end() {
    let moments = [0, 1, 1 << 62, (1 << 62) + 500, u64::MAX - 1, u64::MAX].map(Moment::from_nanos);
    for length in [Duration::from_nanos(1), Duration::from_micros(1), SECOND, Duration::MAX] {
        let mut dice = fastrand::Rng::with_seed(7);
        let mut tally = Tally::new(Window::Time(length));
        for call in 1..=10_000 {
            let now = moments[dice.usize(..moments.len())];
            tally.record(FAILED, now);
            let counts = tally.counts(now);
            assert!(counts.calls >= 1 && counts.calls == counts.failures);
            if length == Duration::MAX {
                assert_eq!(counts.calls, call, "nothing is that old");
            }
        }
    }
    let back = recorded(Window::Time(SECOND), [(1000, FAILED), (10, FAILED), (2000, OK)]);
    assert_eq!(back.counts(at(0)), Counts { calls: 3, failures: 2, slow: 0 });
}

#[test]
fn more_calls_than_can_be_counted_neither_overflow_nor_stay_for_ever() {
    let mut tally = recorded(Window::Time(SECOND), [(0, FAILED)]);
    let Tally::Time(time) = &mut tally else { unreachable!() };
    let most = Counts { calls: u32::MAX, failures: u32::MAX, slow: 0 };
    time.counts = most;
    time.intervals[0].counts = most;
    for nanos in [1, 900 * MILLI] {
        tally.record(OK, at(nanos));
        assert_eq!(tally.counts(at(nanos)), most);
    }
    // What was not counted must not be taken off, either.
    for nanos in [1_000 * MILLI, 1_950 * MILLI] {
        tally.record(FAILED, at(nanos));
        let counts = Counts { calls: 1, failures: 1, slow: 0 };
        assert_eq!(tally.counts(at(nanos)), if nanos > 1_000 * MILLI { counts.plus(FAILED) } else { counts });
    }
}

#[test]
fn a_share_is_the_number_that_people_write() {
    for (part, calls, written) in
        [(7, 100, 0.07), (1, 10, 0.1), (3, 10, 0.3), (57, 100, 0.57), (29, 1000, 0.029), (5, 5, 1.0)]
    {
        let counts = Counts { calls, failures: part, slow: part };
        assert_eq!((counts.failure_rate(), counts.slow_call_rate()), (Some(written), Some(written)));
    }
    assert_eq!(Counts::default().failure_rate(), None);
}

#[test]
fn a_breaker_that_is_shown_does_not_show_a_million_calls() {
    for window in [Window::Calls(Window::MAX_CALLS), Window::Time(SECOND)] {
        let tally = recorded(window, (0..100).map(|call| (call * 20 * MILLI, OK)));
        assert!(format!("{tally:?}").len() < 100, "{tally:?}");
    }
}
