//! What may be written at a breaker and what may not, sentence by sentence, and what holds where
//! something is left out. What the settings do is tested elsewhere.

use super::*;
use crate::policy::circuit_breaker::settings::{Rates, Slow};

fn refused<B>(build: impl FnOnce() -> B) -> String {
    let payload = catch_unwind(AssertUnwindSafe(build)).map(drop).unwrap_err();
    (*payload.downcast_ref::<&str>().unwrap()).to_owned()
}

fn new() -> CircuitBreaker {
    CircuitBreaker::new("s-nobody")
}

fn held(breaker: &CircuitBreaker) -> Settings {
    breaker.written.settings()
}

#[test]
fn what_makes_no_sense_is_refused_in_a_sentence() {
    const ZERO: Duration = Duration::ZERO;
    type Build = fn() -> CircuitBreaker;
    let nonsense: [(Build, &str); 15] = [
        (|| CircuitBreaker::new(""), "`name` must not be empty"),
        (|| new().failure_threshold(0), "`failure_threshold` takes a whole number of at least 1"),
        (|| new().window(Window::Calls(0)), "`window` takes a whole number from 1 to 1000000"),
        (|| new().window(Window::Calls(1_000_001)), "`window` takes a whole number from 1 to 1000000"),
        (|| new().window(Window::Time(ZERO)), "`window` must be above zero"),
        (|| new().minimum_calls(0), "`minimum_calls` takes a whole number of at least 1"),
        (|| new().slow_call(ZERO), "`slow_call` must be above zero"),
        (|| new().recovery_timeout(ZERO), "`recovery_timeout` must be above zero"),
        (|| new().max_recovery_timeout(ZERO), "`max_recovery_timeout` must be above zero"),
        (|| new().probe_timeout(ZERO), "`probe_timeout` must be above zero"),
        (|| new().half_open_max_calls(0), "`half_open_max_calls` takes a whole number of at least 1"),
        (|| new().success_threshold(0), "`success_threshold` takes a whole number of at least 1"),
        (
            || new().failure_rate(f64::NAN),
            "`failure_rate` takes a share above 0 and up to 1: `0.5` is half of the calls",
        ),
        (
            || new().failure_rate(f64::INFINITY),
            "`failure_rate` takes a share above 0 and up to 1: `0.5` is half of the calls",
        ),
        (
            || new().slow_call_rate(f64::NAN),
            "`slow_call_rate` takes a share above 0 and up to 1: `0.5` is half of the calls",
        ),
    ];
    for (build, sentence) in nonsense {
        assert_eq!(refused(build), sentence);
    }
    assert_eq!(refused(|| new().keyed().max_keys(0)), "`max_keys` takes a whole number of at least 1");
    for rate in [0.0, -0.0, -0.5, 1.000_001, 100.0, f64::NEG_INFINITY] {
        assert_eq!(
            refused(|| new().failure_rate(rate)),
            "`failure_rate` takes a share above 0 and up to 1: `0.5` is half of the calls"
        );
        assert_eq!(
            refused(|| new().slow_call_rate(rate)),
            "`slow_call_rate` takes a share above 0 and up to 1: `0.5` is half of the calls"
        );
    }
}

#[test]
fn what_makes_sense_is_given_back() {
    use crate::private::check_breaker as check;
    assert_eq!((check::failure_rate(0.5), check::slow_call_rate(1.0)), (0.5, 1.0));
    assert_eq!((check::failure_threshold(1), check::minimum_calls(2)), (1, 2));
    assert_eq!((check::half_open_max_calls(3), check::success_threshold(4)), (3, 4));
    assert_eq!((check::recovery_timeout(SECOND), check::max_recovery_timeout(RECOVERY)), (SECOND, RECOVERY));
    assert_eq!((check::probe_timeout(SECOND), check::slow_call(RECOVERY)), (SECOND, RECOVERY));
    assert_eq!((check::max_keys(1), check::max_keys(u32::MAX)), (1, u32::MAX));
    assert_eq!(check::window(Window::Time(SECOND)), Window::Time(SECOND));
}

#[test]
fn settings_that_contradict_each_other_are_refused_whichever_comes_second() {
    let both = "`failure_threshold` and `failure_rate` are two rules for one decision\nkeep one of them";
    assert_eq!(refused(|| new().failure_threshold(3).failure_rate(0.5)), both);
    assert_eq!(refused(|| new().failure_rate(0.5).failure_threshold(3)), both);

    let never = "`minimum_calls` is above the `window`, so the circuit could never open";
    assert_eq!(refused(|| new().window(Window::Calls(5)).minimum_calls(6)), never);
    assert_eq!(refused(|| new().minimum_calls(6).failure_rate(0.5).window(Window::Calls(5))), never);

    let below = "`max_recovery_timeout` is below `recovery_timeout`";
    assert_eq!(refused(|| new().recovery_timeout(SECOND * 2).max_recovery_timeout(SECOND)), below);
    assert_eq!(refused(|| new().max_recovery_timeout(SECOND).recovery_timeout(SECOND * 2)), below);
}

#[test]
fn what_only_looks_like_a_contradiction_is_taken() {
    let edges = new()
        .failure_rate(1.0)
        .slow_call_rate(f64::MIN_POSITIVE)
        .window(Window::Calls(Window::MAX_CALLS))
        .minimum_calls(Window::MAX_CALLS)
        .recovery_timeout(Duration::MAX)
        .max_recovery_timeout(Duration::MAX)
        .slow_call(Duration::from_nanos(1));
    assert_eq!(held(&edges).rates.map(|rates| rates.minimum_calls), Some(Window::MAX_CALLS));
    // A window of time holds any number of calls, and probes may come one after another.
    let others = new().window(Window::Time(Duration::from_nanos(1))).minimum_calls(u32::MAX);
    held(&others.failure_rate(0.5).half_open_max_calls(1).success_threshold(9));
    held(&new().failure_threshold(3).slow_call(SECOND).slow_call_rate(0.5));
}

#[test]
fn what_is_left_out_has_its_default() {
    let rates =
        |breaker: CircuitBreaker| held(&breaker).rates.map(|rates| (rates.window, rates.minimum_calls));
    let half = || new().failure_rate(0.5);
    assert_eq!(rates(half()), Some((Window::Calls(100), 10)));
    assert_eq!(rates(half().window(Window::Calls(7))), Some((Window::Calls(7), 7)));
    assert_eq!(rates(half().window(Window::Calls(70))), Some((Window::Calls(70), 10)));
    assert_eq!(rates(half().window(Window::Time(SECOND))), Some((Window::Time(SECOND), 10)));
    // A default gives way to what was written, rather than make a circuit that never opens.
    assert_eq!(rates(half().minimum_calls(300)), Some((Window::Calls(300), 300)));
    let most = Window::MAX_CALLS;
    assert_eq!(rates(half().minimum_calls(u32::MAX)), Some((Window::Calls(most), most)));

    assert_eq!((held(&new()).failure_threshold, held(&half()).failure_threshold), (Some(5), None));
    let longest = |breaker: CircuitBreaker| held(&breaker).max_recovery_timeout;
    assert_eq!(longest(new().recovery_timeout(SECOND)), SECOND);
    assert_eq!(longest(new().max_recovery_timeout(SECOND)), RECOVERY);
}

#[test]
fn what_lacks_its_other_half_does_nothing() {
    for breaker in [
        new(),
        new().window(Window::Calls(1)).minimum_calls(1),
        new().slow_call(SECOND),
        new().slow_call_rate(0.5),
    ] {
        assert_eq!(held(&breaker), held(&new()));
    }
    let slow = Some(Slow { call: SECOND, rate: 0.5 });
    let rates = Rates { failure: None, slow, window: Window::Calls(100), minimum_calls: 10 };
    assert_eq!(held(&new().slow_call(SECOND).slow_call_rate(0.5)).rates, Some(rates));
}

#[test]
fn a_breaker_is_small() {
    assert!(size_of::<CircuitBreaker>() <= 256, "{}", size_of::<CircuitBreaker>());
    let circuit = size_of::<Circuit>() - size_of::<crate::window::Tally>();
    assert!(circuit <= 256, "{circuit}");
}
