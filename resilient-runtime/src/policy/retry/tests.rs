//! The retry machine, told attempt by attempt how it went. What a caller of `Retry` sees of it is in
//! `value` below; the length of delays is the backoff's test.

#![allow(clippy::panic)]

use super::*;
use crate::testing::VirtualClock;

mod budget;
mod check;
mod nested;
mod paused;
mod value;

const SECOND: Duration = Duration::from_secs(1);
const TRANSIENT: RetryClassification = RetryClassification::TRANSIENT;
const PERMANENT: RetryClassification = RetryClassification::Permanent;

impl From<RetryClassification> for Shortfall {
    fn from(classification: RetryClassification) -> Self {
        Self::Error(classification.into())
    }
}

fn hinted(wait: Duration) -> Shortfall {
    Shortfall::from(RetryClassification::Transient { retry_after: Some(wait) })
}

/// Exact delays: 1 s, 2 s, 4 s …
const EXACT: RetryConfig = RetryConfig { jitter: Jitter::None, ..RetryConfig::DEFAULT };

/// The machine by settings of its own.
struct Machine<'c> {
    config: &'c RetryConfig,
    progress: Progress,
}

fn run(config: &RetryConfig) -> Machine<'_> {
    Machine { config, progress: Progress::FIRST }
}

impl Machine<'_> {
    fn next(&mut self, shortfall: Shortfall, dice: f64) -> Next {
        self.progress.next(self.config, shortfall, dice)
    }
}

fn wait(run: &mut Machine<'_>, shortfall: impl Into<Shortfall>, dice: f64) -> Duration {
    match run.next(shortfall.into(), dice) {
        Next::Wait(delay) => delay,
        other => panic!("ends after attempt {}: {other:?}", run.progress.attempt),
    }
}

#[test]
fn attempts_are_counted_with_the_first_call() {
    for max_attempts in [1, 2, 3, 100] {
        let config = RetryConfig { max_attempts, ..EXACT };
        let mut run = run(&config);
        for attempt in 1..max_attempts {
            assert_eq!(run.progress.attempt, attempt);
            wait(&mut run, TRANSIENT, 0.0);
        }
        assert_eq!(run.next(TRANSIENT.into(), 0.0), Next::GiveUp(Exhausted::Attempts));
    }
}

#[test]
fn delays_follow_the_schedule_from_the_base_on() {
    let config = RetryConfig { max_attempts: 8, ..EXACT };
    let mut run = run(&config);
    let delays: Vec<u64> = (0..7).map(|_| wait(&mut run, TRANSIENT, 0.9).as_secs()).collect();
    assert_eq!(delays, [1, 2, 4, 8, 16, 30, 30]);
}

#[test]
fn a_permanent_error_stops_at_once_at_any_attempt() {
    let mut run = run(&EXACT);
    assert_eq!(run.next(PERMANENT.into(), 0.0), Next::Stop);
    wait(&mut run, TRANSIENT, 0.0);
    wait(&mut run, TRANSIENT, 0.0);
    assert_eq!(run.next(PERMANENT.into(), 0.0), Next::Stop, "also the last one is not called exhausted");
}

#[test]
fn a_hint_is_a_floor_also_above_max_delay_and_jitter_only_adds() {
    let config = RetryConfig { max_delay: SECOND * 2, ..RetryConfig::DEFAULT };
    for (dice, longest) in [(0.0, 60.0), (0.5, 63.0), (1.0, 66.0)] {
        let waited = wait(&mut run(&config), hinted(SECOND * 60), dice).as_secs_f64();
        assert!((waited - longest).abs() < 1e-6, "{waited} by {dice}");
    }
    for jitter in [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Ratio(1.0), Jitter::Ratio(f64::NAN)] {
        let config = RetryConfig { jitter, ..config };
        for dice in [0.0, 0.3, 0.999, 1.0] {
            let waited = wait(&mut run(&config), hinted(SECOND * 60), dice);
            assert!(waited >= SECOND * 60 && waited <= SECOND * 120, "{jitter:?} by {dice}: {waited:?}");
        }
    }
}

#[test]
fn a_hint_below_the_own_delay_does_not_shorten_it() {
    let mut run = run(&EXACT);
    assert_eq!(wait(&mut run, hinted(Duration::from_millis(1)), 0.0), SECOND);
    assert_eq!(
        wait(&mut run, hinted(Duration::ZERO), 0.0),
        SECOND * 2,
        "a hint of zero is no order to hammer"
    );
}

#[test]
fn full_jitter_does_not_fall_below_a_hint() {
    let config = RetryConfig { jitter: Jitter::Full, base_delay: SECOND * 10, ..RetryConfig::DEFAULT };
    for dice in [0.0, 0.1, 0.49, 0.5, 0.51, 0.99] {
        assert!(wait(&mut run(&config), hinted(SECOND * 5), dice) >= SECOND * 5, "{dice}");
    }
}

#[test]
fn a_hint_counts_also_where_there_is_no_backoff() {
    let config = RetryConfig { backoff: BackoffShape::None, max_attempts: 4, ..EXACT };
    let mut run = run(&config);
    assert_eq!(wait(&mut run, TRANSIENT, 0.5), Duration::ZERO);
    assert_eq!(wait(&mut run, hinted(SECOND), 0.5), SECOND);
    assert_eq!(wait(&mut run, hinted(Duration::ZERO), 0.5), Duration::ZERO);
}

#[test]
fn a_hint_above_the_longest_that_is_waited_for_ends_the_retrying() {
    let longest = EXACT.max_retry_after;
    assert_eq!(wait(&mut run(&EXACT), hinted(longest), 0.0), longest);
    for hint in [longest + Duration::from_nanos(1), SECOND * 86_400, Duration::MAX] {
        assert_eq!(run(&EXACT).next(hinted(hint), 0.0), Next::GiveUp(Exhausted::RetryAfter), "{hint:?}");
    }
}

#[test]
fn a_hint_does_not_advance_or_stall_the_schedule() {
    let mut run = run(&EXACT);
    assert_eq!(wait(&mut run, hinted(SECOND * 60), 0.0), SECOND * 60);
    assert_eq!(wait(&mut run, TRANSIENT, 0.0), SECOND * 2);
}

#[test]
fn decorrelated_delays_grow_by_the_runs_own_history() {
    let config = RetryConfig { backoff: BackoffShape::Decorrelated, max_attempts: 5, ..EXACT };
    let mut luckless = run(&config);
    let delays = [(); 4].map(|()| wait(&mut luckless, TRANSIENT, 1.0).as_secs());
    assert_eq!(delays, [3, 9, 27, 30]);
    let mut lucky = run(&config);
    let delays = [(); 4].map(|()| wait(&mut lucky, TRANSIENT, 0.0).as_secs());
    assert_eq!(delays, [1, 1, 1, 1], "another run starts afresh");
}

#[test]
fn interleaved_runs_do_not_feel_each_other() {
    let clock = VirtualClock::install();
    let retry = Retry::new().max_attempts(3).jitter(Jitter::None);
    let goes_on = |run: RetryRun| {
        let run = retry.failed_as(run, TRANSIENT.into(), Text::Name("down"));
        assert!(run.goes_on());
        run.pause()
    };
    let one = goes_on(goes_on(retry.start()));
    let other = goes_on(retry.start());
    assert!(retry.is_last(&one) && !retry.is_last(&other));
    assert!(retry.is_last(&goes_on(other)));
    assert_eq!(clock.sleeps(), [SECOND, SECOND * 2, SECOND, SECOND * 2]);
}

#[test]
fn no_setting_makes_a_delay_pass_the_cap_or_panic() {
    let absurd = [Duration::ZERO, Duration::from_nanos(1), Duration::MAX];
    for (base_delay, max_delay) in absurd.into_iter().flat_map(|base| absurd.map(|cap| (base, cap))) {
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300] {
            for backoff in [BackoffShape::Exponential, BackoffShape::Fibonacci, BackoffShape::Decorrelated] {
                let jitter = Jitter::Ratio(odd);
                let config =
                    RetryConfig { max_attempts: 100, base_delay, max_delay, jitter, backoff, ..EXACT };
                let config = RetryConfig { multiplier: odd, ..config };
                let mut run = run(&config);
                for dice in [0.0, 0.5, f64::NAN, 1.0].into_iter().cycle().take(99) {
                    assert!(wait(&mut run, TRANSIENT, dice) <= max_delay, "{config:?}");
                }
            }
        }
    }
}
