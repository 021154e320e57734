//! The delays beside the formulas that others have published, which stand here as tables or in plain
//! arithmetic that shares nothing with the code under test. Where ours differ, a test says so by its name.

use super::*;

/// The ends and the middle of what a draw can be.
const DICE: [f64; 3] = [0.0, 0.5, 0.999_999];

/// A delay in nanoseconds for each of [`DICE`].
type Draws = [u64; 3];

fn nanos(delay: Duration) -> u64 {
    delay.as_nanos().try_into().unwrap()
}

fn draws(backoff: Backoff, jitter: Jitter, attempt: u32) -> Draws {
    DICE.map(|dice| nanos(jitter.spread(backoff.delay(attempt), backoff.cap, dice)))
}

// Marc Brooker, Exponential Backoff And Jitter; base 100 ms, cap 10 s. Its attempts count from 0.

const AWS_BASE: Duration = Duration::from_millis(100);
const AWS_CAP: Duration = Duration::from_secs(10);

/// `min(cap, base × 2^attempt)`.
#[test]
fn capped_exponential_delays_are_aws() {
    let backoff = Backoff::exponential(AWS_BASE).max_delay(AWS_CAP);
    let delays: Vec<_> = backoff.delays().take(9).map(|delay| delay.as_millis()).collect();
    assert_eq!(delays, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
}

/// `random(0, min(cap, base × 2^attempt))`.
#[test]
fn full_jitter_is_aws() {
    let table: [(u32, Draws); 6] = [
        (0, [0, 50_000_000, 99_999_900]),
        (1, [0, 100_000_000, 199_999_800]),
        (2, [0, 200_000_000, 399_999_600]),
        (6, [0, 3_200_000_000, 6_399_993_600]),
        (7, [0, 5_000_000_000, 9_999_990_000]),
        (99, [0, 5_000_000_000, 9_999_990_000]),
    ];
    let backoff = Backoff::exponential(AWS_BASE).max_delay(AWS_CAP);
    for (attempt, expected) in table {
        assert_eq!(draws(backoff, Jitter::Full, attempt + 1), expected, "attempt {attempt}");
    }
}

/// `temp = min(cap, base × 2^attempt)`, then `temp / 2 + random(0, temp / 2)`.
#[test]
fn equal_jitter_is_aws() {
    let table: [(u32, Draws); 6] = [
        (0, [50_000_000, 75_000_000, 99_999_950]),
        (1, [100_000_000, 150_000_000, 199_999_900]),
        (2, [200_000_000, 300_000_000, 399_999_800]),
        (6, [3_200_000_000, 4_800_000_000, 6_399_996_800]),
        (7, [5_000_000_000, 7_500_000_000, 9_999_995_000]),
        (99, [5_000_000_000, 7_500_000_000, 9_999_995_000]),
    ];
    let backoff = Backoff::exponential(AWS_BASE).max_delay(AWS_CAP);
    for (attempt, expected) in table {
        assert_eq!(draws(backoff, Jitter::Equal, attempt + 1), expected, "attempt {attempt}");
    }
}

/// `sleep = min(cap, random(base, sleep × 3))`, which starts from the base.
#[test]
fn decorrelated_delays_are_aws_as_long_as_none_can_pass_the_cap() {
    let table: [(f64, &[u64]); 3] = [
        (0.0, &[100_000_000, 100_000_000, 100_000_000, 100_000_000]),
        (
            0.5,
            &[
                200_000_000,
                350_000_000,
                575_000_000,
                912_500_000,
                1_418_750_000,
                2_178_125_000,
                3_317_187_500,
                5_025_781_250,
            ],
        ),
        (0.999_999, &[299_999_800, 899_998_600, 2_699_993_200, 8_099_971_600]),
    ];
    let backoff = Backoff::decorrelated(AWS_BASE).max_delay(AWS_CAP);
    for (dice, expected) in table {
        let mut sleep = Duration::ZERO;
        for (step, &expected) in expected.iter().enumerate() {
            sleep = backoff.decorrelated_after(sleep, dice);
            assert_eq!(nanos(sleep), expected, "step {step} by {dice}");
        }
    }
}

/// There, whatever is drawn above the cap becomes the cap: of clients that have waited that long, up to two
/// thirds wait the same. Here the range ends at the cap.
#[test]
fn aws_decorrelated_delays_gather_at_the_cap_and_ours_draw_below_it() {
    let published = |sleep: f64, dice: f64| (0.1 + dice * (sleep * 3.0 - 0.1)).min(10.0);
    let backoff = Backoff::decorrelated(AWS_BASE).max_delay(AWS_CAP);
    for (dice, theirs, ours) in
        [(0.0, 0.1, 0.1), (0.25, 7.575, 2.575), (0.5, 10.0, 5.05), (0.75, 10.0, 7.525)]
    {
        assert!((published(10.0, dice) - theirs).abs() < 1e-9, "{dice}");
        assert!(about(ours, backoff.decorrelated_after(AWS_CAP, dice)), "{dice}");
    }
}

// gRPC, doc/connection-backoff.md: initial backoff 1 s, multiplier 1.6, jitter 0.2, at most 120 s.

#[test]
fn delays_without_jitter_are_grpcs_connection_backoff() {
    let expected: [u64; 13] = [
        1_000_000_000,
        1_600_000_000,
        2_560_000_000,
        4_096_000_000,
        6_553_600_000,
        10_485_760_000,
        16_777_216_000,
        26_843_545_600,
        42_949_672_960,
        68_719_476_736,
        109_951_162_778,
        120_000_000_000,
        120_000_000_000,
    ];
    let backoff = Backoff::exponential(SECOND).multiplier(1.6).max_delay(SECOND * 120);
    assert_eq!(backoff.delays().take(expected.len()).map(nanos).collect::<Vec<_>>(), expected);
}

/// The capped delay times `random(1 − 0.2, 1 + 0.2)`.
fn grpcs_jitter(backoff: f64, dice: f64) -> f64 {
    backoff * (0.8 + 0.4 * dice)
}

#[test]
fn grpcs_jitter_goes_both_ways_and_a_ratio_only_adds() {
    let spread = |dice: f64| Jitter::Ratio(0.2).spread(SECOND, SECOND * 120, dice);
    for (dice, theirs, ours) in [(0.0, 0.8, 1.0), (0.5, 1.0, 1.1), (0.999_999, 1.199_999_6, 1.199_999_8)] {
        assert!((grpcs_jitter(1.0, dice) - theirs).abs() < 1e-9, "{dice}");
        assert!(about(ours, spread(dice)), "{dice}");
    }
}

#[test]
fn grpcs_jitter_passes_its_cap_and_ours_does_not() {
    let cap = SECOND * 120;
    for (dice, theirs, ours) in
        [(0.0, 96.0, 100.0), (0.5, 120.0, 110.0), (0.999_999, 143.999_952, 119.999_98)]
    {
        assert!((grpcs_jitter(120.0, dice) - theirs).abs() < 1e-9, "{dice}");
        assert!(about(ours, Jitter::Ratio(0.2).spread(SECOND * 1000, cap, dice)), "{dice}");
    }
}

#[test]
fn grpcs_range_is_a_ratio_of_a_half_on_four_fifths_of_its_base() {
    let backoff = Backoff::exponential(ms(800)).multiplier(1.6).max_delay(SECOND * 144);
    for attempt in 1..=20 {
        let theirs = 1.6_f64.powi(power(attempt - 1)).min(120.0);
        for dice in DICE {
            let ours = Jitter::Ratio(0.5).spread(backoff.delay(attempt), SECOND * 144, dice);
            assert!(about(grpcs_jitter(theirs, dice), ours), "attempt {attempt} by {dice}: {ours:?}");
        }
    }
}

// gRPC, proposal A6, with the settings of its example: initial backoff 0.1 s, multiplier 2, at most 1 s.

/// As first specified: `random(0, min(initialBackoff × backoffMultiplier^(n−1), maxBackoff))`.
#[test]
fn full_jitter_is_grpcs_first_retry() {
    let table: [(u32, Draws); 6] = [
        (1, [0, 50_000_000, 99_999_900]),
        (2, [0, 100_000_000, 199_999_800]),
        (3, [0, 200_000_000, 399_999_600]),
        (4, [0, 400_000_000, 799_999_200]),
        (5, [0, 500_000_000, 999_999_000]),
        (50, [0, 500_000_000, 999_999_000]),
    ];
    let backoff = Backoff::exponential(ms(100)).max_delay(SECOND);
    for (attempt, expected) in table {
        assert_eq!(draws(backoff, Jitter::Full, attempt), expected, "attempt {attempt}");
    }
}

/// Since 2024: `min(initialBackoff × backoffMultiplier^(n−1), maxBackoff) × random(0.8, 1.2)`.
#[test]
fn grpcs_present_retry_is_a_ratio_of_a_half_on_four_fifths_of_its_base() {
    let table: [(u32, Draws); 6] = [
        (1, [80_000_000, 100_000_000, 119_999_960]),
        (2, [160_000_000, 200_000_000, 239_999_920]),
        (3, [320_000_000, 400_000_000, 479_999_840]),
        (4, [640_000_000, 800_000_000, 959_999_680]),
        (5, [800_000_000, 1_000_000_000, 1_199_999_600]),
        (50, [800_000_000, 1_000_000_000, 1_199_999_600]),
    ];
    let backoff = Backoff::exponential(ms(80)).max_delay(ms(1_200));
    for (attempt, expected) in table {
        assert_eq!(draws(backoff, Jitter::Ratio(0.5), attempt), expected, "attempt {attempt}");
    }
}
