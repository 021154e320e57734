//! Many clients at once: how far jitter spreads them, at the cap too, and that no two of them roll the same
//! dice. What one delay may be is tested one file up.

use super::*;
use crate::testing::VirtualClock;
use crate::{Retry, dice};

/// At the cap, or far beyond it.
const BEYOND: [u32; 2] = [1, 10];
const CAP: Duration = Duration::from_secs(30);

/// Clients that have all come to the cap.
fn crowd_at_the_cap(jitter: Jitter, beyond: u32, clients: usize) -> Vec<Duration> {
    let mut dice = fastrand::Rng::with_seed(11);
    (0..clients).map(|_| jitter.spread(CAP * beyond, CAP, dice.f64())).collect()
}

fn distinct(delays: &[Duration]) -> usize {
    delays.iter().collect::<std::collections::BTreeSet<_>>().len()
}

fn standard_deviation(delays: &[Duration]) -> f64 {
    let count = f64::from(u32::try_from(delays.len()).unwrap());
    let mean = delays.iter().map(Duration::as_secs_f64).sum::<f64>() / count;
    let variance = delays.iter().map(|delay| (delay.as_secs_f64() - mean).powi(2)).sum::<f64>() / count;
    variance.sqrt()
}

/// That a crowd at the cap is spread evenly between this share of it and the whole.
fn is_spread_from(lowest: f64, jitter: Jitter) {
    for beyond in BEYOND {
        let crowd = crowd_at_the_cap(jitter, beyond, 100_000);
        let floor = CAP.mul_f64(lowest).saturating_sub(Duration::from_nanos(1));
        assert!(crowd.iter().all(|&delay| floor <= delay && delay <= CAP), "{jitter:?}");
        let at_the_cap = crowd.iter().filter(|&&delay| delay == CAP).count();
        assert!(at_the_cap <= crowd.len() / 50, "{jitter:?}: {at_the_cap} fire together");
        assert!(distinct(&crowd[..1000]) > 900, "{jitter:?}");
        // Of an even spread: its width by the root of twelve.
        let expected = CAP.as_secs_f64() * (1.0 - lowest) / 12.0_f64.sqrt();
        let deviation = standard_deviation(&crowd);
        assert!((deviation / expected - 1.0).abs() < 0.02, "{jitter:?}: {deviation}, not {expected}");
    }
}

#[test]
fn full_jitter_spreads_a_crowd_at_the_cap_from_nothing_on() {
    is_spread_from(0.0, Jitter::Full);
}

#[test]
fn equal_jitter_spreads_a_crowd_at_the_cap_from_its_half_on() {
    is_spread_from(0.5, Jitter::Equal);
}

#[test]
fn a_ratio_spreads_a_crowd_at_the_cap_by_no_more_than_itself() {
    is_spread_from(1.0 / 1.1, Jitter::Ratio(0.1));
    is_spread_from(1.0 / 1.5, Jitter::Ratio(0.5));
    is_spread_from(1.0 / 2.0, Jitter::Ratio(1.0));
}

#[test]
fn decorrelated_delays_do_not_gather_at_the_cap() {
    let mut dice = fastrand::Rng::with_seed(29);
    let backoff = Backoff::decorrelated(SECOND).max_delay(CAP);
    let next = |delay: &Duration| Some(backoff.decorrelated_after(*delay, dice.f64()));
    let delays: Vec<_> = std::iter::successors(Some(CAP), next).skip(1).take(100_000).collect();
    assert!(delays.iter().all(|&delay| SECOND <= delay && delay <= CAP));
    assert!(delays.iter().filter(|&&delay| delay == CAP).count() <= delays.len() / 50);
    assert!(distinct(&delays[..1000]) > 900);
    assert!(standard_deviation(&delays) > 0.15 * CAP.as_secs_f64(), "{}", standard_deviation(&delays));
}

/// The first delays of a thousand callers that failed at one time, as their share in the fullest 10 ms.
fn fullest_ten_milliseconds(retry: Retry) -> f64 {
    // The dice of this thread, so that the test is the same each time.
    fastrand::seed(31);
    let clock = VirtualClock::install();
    for _ in 0..1000 {
        let fails = || Err::<(), _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        assert!(retry.call(fails).is_err());
    }
    let mut buckets = std::collections::BTreeMap::new();
    for sleep in clock.sleeps() {
        *buckets.entry(sleep.as_millis() / 10).or_insert(0_u32) += 1;
    }
    assert_eq!(buckets.values().sum::<u32>(), 1000);
    f64::from(buckets.into_values().max().unwrap()) / 1000.0
}

#[test]
fn the_default_spreads_callers_over_a_tenth_of_the_delay_and_full_jitter_over_all_of_it() {
    let once = Retry::new().max_attempts(2);
    // A hundred milliseconds for a thousand callers: about a tenth of them in each ten.
    let default = fullest_ten_milliseconds(once);
    assert!((0.1..0.15).contains(&default), "{default}");
    // A whole second.
    let full = fullest_ten_milliseconds(once.jitter(Jitter::Full));
    assert!((0.01..0.05).contains(&full), "{full}");
    let none = fullest_ten_milliseconds(once.jitter(Jitter::None));
    assert!((none - 1.0).abs() < f64::EPSILON, "{none}");
}

#[test]
fn a_millisecond_with_jitter_is_no_busy_loop() {
    let mut dice = fastrand::Rng::with_seed(37);
    let mut waits = |jitter: Jitter| -> Vec<_> {
        (0..10_000).map(|_| jitter.spread(ms(1), SECOND, dice.f64())).collect()
    };
    assert!(waits(Jitter::default()).iter().all(|&wait| wait >= ms(1)));
    assert!(waits(Jitter::Equal).iter().all(|&wait| wait >= ms(1) / 2));
    // It may come to nothing, but seldom does, and attempts are counted.
    let full = waits(Jitter::Full);
    assert!(full.iter().filter(|&&wait| wait < ms(1) / 100).count() < 200);
    assert!(full.iter().sum::<Duration>() > ms(4_500));
}

fn rolls() -> Vec<u64> {
    (0..20).map(|_| dice::roll().to_bits()).collect()
}

#[test]
fn threads_roll_dice_of_their_own() {
    let threads = [(); 4].map(|()| std::thread::spawn(rolls));
    let rolled: std::collections::BTreeSet<_> = threads.map(|thread| thread.join().unwrap()).into();
    assert_eq!(rolled.len(), 4);
}

/// Set in the processes that the test below starts.
const ROLLING: &str = "RESILIENT_TEST_ROLLING";

#[test]
fn processes_that_start_together_roll_dice_of_their_own() {
    if std::env::var_os(ROLLING).is_some() {
        println!("rolled {:?}", rolls());
        return;
    }
    let (_, module) = module_path!().split_once("::").unwrap();
    let name = format!("{module}::processes_that_start_together_roll_dice_of_their_own");
    let start = |()| {
        std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(ROLLING, "1")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let rolled = [(); 2].map(start).map(|process| {
        let said = process.wait_with_output().unwrap().stdout;
        let said = String::from_utf8_lossy(&said).into_owned();
        let (_, rolled) = said.split_once("rolled ").unwrap();
        rolled.split_once(']').unwrap().0.to_owned()
    });
    assert_ne!(rolled[0], rolled[1]);
}
