//! Golden tables of every shape and jitter, and the limits that no value may break, however absurd. The
//! formulas of others are in `published` below, many clients at once in `crowds`. When a delay is waited for at all, and what a server's hint does to it, is the retry machine's test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

mod crowds;
mod published;

const SECOND: Duration = Duration::from_secs(1);
const BASES: [Duration; 3] = [Duration::from_nanos(1), SECOND, Duration::MAX];
const CAPS: [Duration; 4] =
    [Duration::from_nanos(1), Duration::from_millis(10), Duration::from_secs(30), Duration::MAX];
const MULTIPLIERS: [f64; 9] = [1.0, 1.5, 2.0, 1e9, 1e300, f64::NAN, f64::INFINITY, 0.0, -1.0];
const ATTEMPTS: [u32; 11] = [0, 1, 2, 31, 32, 33, 63, 64, 65, 1000, u32::MAX];
const SHAPES: [BackoffShape; 6] = [
    BackoffShape::Exponential,
    BackoffShape::Linear,
    BackoffShape::Constant,
    BackoffShape::Fibonacci,
    BackoffShape::Decorrelated,
    BackoffShape::None,
];
const JITTERS: [Jitter; 11] = [
    Jitter::None,
    Jitter::Full,
    Jitter::Equal,
    Jitter::Ratio(0.0),
    Jitter::Ratio(0.1),
    Jitter::Ratio(1.0),
    Jitter::Ratio(7.0),
    Jitter::Ratio(-0.1),
    Jitter::Ratio(f64::NAN),
    Jitter::Ratio(f64::INFINITY),
    Jitter::Ratio(f64::NEG_INFINITY),
];
const ODD_DICE: [f64; 8] = [0.0, -0.0, 1.0, 1.5, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The share of a rounding that `f64` allows itself.
fn about(seconds: f64, duration: Duration) -> bool {
    (duration.as_secs_f64() - seconds).abs() < 1e-9
}

#[test]
fn every_shape_follows_its_table_from_the_base_on() {
    let table: [(Backoff, &[u64]); 9] = [
        (Backoff::exponential(ms(100)), &[100, 200, 400, 800, 1600, 3200]),
        (Backoff::exponential(ms(100)).multiplier(3.0), &[100, 300, 900, 2700]),
        (Backoff::exponential(ms(100)).multiplier(1.5), &[100, 150, 225]),
        (Backoff::exponential(ms(100)).multiplier(1.0), &[100, 100, 100]),
        (Backoff::exponential(ms(100)).max_delay(ms(250)), &[100, 200, 250, 250]),
        (Backoff::linear(ms(100)), &[100, 200, 300, 400]),
        (Backoff::constant(ms(100)), &[100, 100, 100]),
        (Backoff::fibonacci(ms(100)), &[100, 100, 200, 300, 500, 800, 1300]),
        (Backoff::decorrelated(ms(100)), &[300, 900, 2700]),
    ];
    for (backoff, expected) in table {
        let expected: Vec<Duration> = expected.iter().copied().map(ms).collect();
        let delays: Vec<Duration> = backoff.delays().take(expected.len()).collect();
        assert_eq!(delays, expected, "{backoff:?}");
    }
}

#[test]
fn exponential_grows_then_caps() {
    let backoff = Backoff::exponential(ms(10)).max_delay(ms(40));
    let delays = [1, 2, 3, 4, 5].map(|attempt| backoff.delay(attempt));
    assert_eq!(delays, [ms(10), ms(20), ms(40), ms(40), ms(40)]);
}

#[test]
fn no_backoff_is_no_delay() {
    for base in BASES {
        let none = Backoff::new(BackoffShape::None, base);
        assert!(ATTEMPTS.iter().all(|&attempt| none.delay(attempt).is_zero()), "{base:?}");
    }
}

#[test]
fn attempt_zero_counts_as_the_first() {
    let backoff = Backoff::exponential(ms(100));
    assert_eq!(backoff.delay(0), backoff.delay(1));
}

#[test]
fn fibonacci_is_exact_as_long_as_a_float_is() {
    let numbers = std::iter::successors(Some((1_u64, 1_u64)), |&(a, b)| Some((b, a + b)));
    let backoff = Backoff::fibonacci(Duration::from_nanos(1));
    for (attempt, (number, _)) in (1..=70).zip(numbers) {
        assert_eq!(backoff.delay(attempt), Duration::from_nanos(number), "{attempt}");
    }
}

#[test]
fn delays_never_shrink_nor_pass_the_cap_nor_vanish_whatever_the_settings() {
    for shape in SHAPES {
        for (base, cap) in BASES.into_iter().flat_map(|base| CAPS.map(|cap| (base, cap))) {
            for multiplier in MULTIPLIERS {
                let backoff = Backoff { shape, base, multiplier, cap };
                let delays = ATTEMPTS.map(|attempt| backoff.delay(attempt));
                assert!(delays.is_sorted(), "{backoff:?}: {delays:?}");
                assert!(delays.iter().all(|&delay| delay <= cap), "{backoff:?}: {delays:?}");
                if shape != BackoffShape::None {
                    assert!(delays.iter().all(|&delay| delay >= base.min(cap)), "{backoff:?}: {delays:?}");
                }
            }
        }
    }
}

#[test]
fn what_overflows_is_the_cap() {
    for cap in CAPS {
        for multiplier in [2.0, 1e9, 1e300, f64::INFINITY] {
            for base in BASES {
                let backoff = Backoff::exponential(base).multiplier(multiplier).max_delay(cap);
                assert_eq!(backoff.delay(1000), cap, "{backoff:?}");
                assert_eq!(backoff.delay(u32::MAX), cap, "{backoff:?}");
            }
        }
    }
}

#[test]
fn the_first_two_hundred_delays_never_shrink() {
    for multiplier in [1.0, 1.1, 1.5, 2.0, 10.0] {
        let delays: Vec<_> = Backoff::exponential(SECOND).multiplier(multiplier).delays().take(200).collect();
        assert!(delays.is_sorted(), "{multiplier}");
        assert!(delays.iter().all(|&delay| delay >= SECOND), "{multiplier}");
    }
}

#[test]
fn delays_of_any_settings_never_shrink_nor_pass_the_cap() {
    let mut dice = fastrand::Rng::with_seed(23);
    for _ in 0..10_000 {
        let nanos = |dice: &mut fastrand::Rng| Duration::from_nanos(dice.u64(..) >> dice.u32(..64));
        let (shape, base, cap) = (SHAPES[dice.usize(..SHAPES.len())], nanos(&mut dice), nanos(&mut dice));
        let backoff = Backoff { shape, base, multiplier: 1.0 + 9.0 * dice.f64(), cap };
        let delays: Vec<_> = backoff.delays().take(40).collect();
        assert!(delays.is_sorted() && delays.iter().all(|&delay| delay <= cap), "{backoff:?}: {delays:?}");
    }
}

#[test]
fn every_shape_keeps_to_its_cap_for_a_million_attempts() {
    let (base, cap) = (SECOND * 3600, SECOND * 86_400);
    for shape in SHAPES {
        let backoff = Backoff { shape, base, multiplier: 2.0, cap };
        let mut previous = Duration::ZERO;
        for attempt in (1..=100).chain((101..=1_000_000).step_by(9)) {
            let delay = backoff.delay(attempt);
            assert!(previous <= delay && delay <= cap, "{shape:?}, {attempt}: {delay:?} after {previous:?}");
            previous = delay;
        }
    }
}

#[test]
fn a_multiplier_that_is_no_growth_counts_as_one() {
    for multiplier in [f64::NAN, 0.0, -1.0, 0.5, f64::NEG_INFINITY] {
        let backoff = Backoff::exponential(ms(100)).multiplier(multiplier);
        assert_eq!(backoff.delay(50), ms(100), "{multiplier}");
    }
}

#[test]
fn every_jitter_spreads_as_documented() {
    let (delay, cap) = (SECOND, Duration::from_secs(30));
    for (jitter, lowest, middle, highest) in [
        (Jitter::None, 1.0, 1.0, 1.0),
        (Jitter::Full, 0.0, 0.5, 1.0),
        (Jitter::Equal, 0.5, 0.75, 1.0),
        (Jitter::Ratio(0.1), 1.0, 1.05, 1.1),
        (Jitter::default(), 1.0, 1.05, 1.1),
        (Jitter::from(0.5), 1.0, 1.25, 1.5),
    ] {
        assert!(about(lowest, jitter.spread(delay, cap, 0.0)), "{jitter:?}");
        assert!(about(middle, jitter.spread(delay, cap, 0.5)), "{jitter:?}");
        assert!(about(highest, jitter.spread(delay, cap, 1.0 - f64::EPSILON)), "{jitter:?}");
    }
}

#[test]
fn no_jitter_ever_passes_the_cap() {
    let mut dice = fastrand::Rng::with_seed(7);
    for cap in CAPS {
        for jitter in JITTERS {
            for delay in [Duration::ZERO, Duration::from_nanos(1), cap / 2, cap, Duration::MAX] {
                for _ in 0..100_000 / 5 {
                    let spread = jitter.spread(delay, cap, dice.f64());
                    assert!(spread <= cap, "{jitter:?} of {delay:?}: {spread:?}");
                }
                for dice in ODD_DICE {
                    assert!(jitter.spread(delay, cap, dice) <= cap, "{jitter:?} of {delay:?} by {dice}");
                }
            }
        }
    }
}

#[test]
fn dice_and_ratios_out_of_range_count_as_the_nearest_and_no_number_as_none() {
    let spread = |jitter: Jitter, dice: f64| jitter.spread(SECOND, Duration::MAX, dice);
    for (odd, counts_as) in [(-1.0, 0.0), (f64::NAN, 0.0), (1.5, 1.0), (f64::INFINITY, 1.0)] {
        assert_eq!(spread(Jitter::Full, odd), spread(Jitter::Full, counts_as), "dice {odd}");
        assert_eq!(spread(Jitter::Ratio(odd), 0.5), spread(Jitter::Ratio(counts_as), 0.5), "ratio {odd}");
    }
    assert_eq!(spread(Jitter::Full, 0.0), Duration::ZERO);
    assert_eq!(spread(Jitter::Ratio(1.0), 1.0), SECOND * 2);
}

#[test]
fn a_ratio_never_shortens_a_delay_that_is_clear_of_the_cap() {
    let mut dice = fastrand::Rng::with_seed(13);
    for _ in 0..10_000 {
        let spread = Jitter::Ratio(0.1).spread(SECOND, SECOND * 2, dice.f64());
        assert!(SECOND <= spread && spread <= ms(1100), "{spread:?}");
    }
}

#[test]
fn decorrelated_delays_stay_between_base_and_cap_for_a_million_steps() {
    let mut dice = fastrand::Rng::with_seed(17);
    for (base, cap) in [(ms(10), Duration::from_secs(20)), (Duration::from_nanos(1), Duration::MAX)] {
        let backoff = Backoff::decorrelated(base).max_delay(cap);
        let mut delay = Duration::ZERO;
        let (mut lowest, mut highest) = (Duration::MAX, Duration::ZERO);
        for _ in 0..1_000_000 {
            delay = backoff.decorrelated_after(delay, dice.f64());
            (lowest, highest) = (lowest.min(delay), highest.max(delay));
        }
        assert!(base <= lowest && highest <= cap, "{lowest:?} … {highest:?}");
        assert!(highest > lowest * 100, "it has grown: {lowest:?} … {highest:?}");
    }
}

#[test]
fn a_decorrelated_delay_is_at_most_three_times_the_previous_one() {
    let backoff = Backoff::decorrelated(ms(100)).max_delay(ms(2000));
    let highest = |previous: Duration| backoff.decorrelated_after(previous, 1.0);
    assert_eq!(highest(Duration::ZERO), ms(300), "the first goes by the base");
    assert_eq!(highest(ms(300)), ms(900));
    assert_eq!(highest(ms(900)), ms(2000), "capped");
    assert_eq!(backoff.decorrelated_after(ms(900), 0.0), ms(100));
}

#[test]
fn no_cap_is_passed_where_floats_are_coarser_than_nanoseconds() {
    let years = Duration::from_secs(500 * 365 * 24 * 3600);
    for nanos in 0..4000 {
        let cap = years + Duration::from_nanos(nanos);
        let backoff = Backoff::decorrelated(SECOND).max_delay(cap);
        assert!(backoff.delay(1000) <= cap && Backoff::constant(cap).max_delay(cap).delay(1) <= cap);
        for dice in ODD_DICE {
            let delay = backoff.decorrelated_after(cap, dice);
            assert!(SECOND <= delay && delay <= cap, "{delay:?} above {cap:?}");
            for jitter in JITTERS {
                assert!(jitter.spread(cap, cap, dice) <= cap, "{jitter:?} at {cap:?}");
            }
        }
    }
}

#[test]
fn a_cap_below_the_base_is_the_delay() {
    for shape in [BackoffShape::Exponential, BackoffShape::Linear, BackoffShape::Fibonacci] {
        assert_eq!(Backoff::new(shape, SECOND).max_delay(ms(10)).delay(1), ms(10), "{shape:?}");
    }
    assert_eq!(Backoff::decorrelated(SECOND).max_delay(ms(10)).decorrelated_after(SECOND, 0.5), ms(10));
}

#[test]
fn a_cap_below_the_base_holds_for_all_attempts_of_a_call() {
    let config = crate::RetryConfig {
        max_attempts: 100,
        base_delay: SECOND,
        max_delay: ms(10),
        ..crate::RetryConfig::default()
    };
    let clock = crate::testing::VirtualClock::install();
    let fails = || Err::<(), _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    assert!(crate::Retry::from(config).call(fails).is_err());
    let sleeps = clock.sleeps();
    assert_eq!(sleeps.len(), 99);
    assert!(sleeps.iter().all(|&sleep| sleep <= ms(10)) && clock.elapsed() <= SECOND, "{sleeps:?}");
}

#[test]
fn what_is_added_to_a_floor_is_never_negative_nor_above_its_share() {
    let mut dice = fastrand::Rng::with_seed(19);
    for jitter in JITTERS {
        for floor in [Duration::ZERO, Duration::from_nanos(1), SECOND, Duration::MAX] {
            for dice in ODD_DICE.into_iter().chain(std::iter::repeat_with(|| dice.f64()).take(1000)) {
                let wait = jitter.add_to(floor, dice);
                assert!(wait >= floor, "{jitter:?} on {floor:?} by {dice}: {wait:?}");
                assert!(wait <= floor.saturating_mul(2), "{jitter:?} on {floor:?} by {dice}: {wait:?}");
            }
        }
    }
    for (jitter, most) in
        [(Jitter::None, 1.0), (Jitter::Ratio(0.3), 1.3), (Jitter::Full, 1.1), (Jitter::Equal, 1.1)]
    {
        assert!(about(most, jitter.add_to(SECOND, 1.0)), "{jitter:?}");
        assert_eq!(jitter.add_to(SECOND, 0.0), SECOND, "{jitter:?}");
    }
}
