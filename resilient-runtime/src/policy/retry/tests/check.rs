//! Which settings the builders refuse, alone and beside one another, and in which words. What the
//! attribute refuses by itself is the macros' test.

use std::panic::{UnwindSafe, catch_unwind};

use super::*;
use crate::policy::retry::check;

/// The sentence of the panic, or `None`: nothing is refused.
fn refusal<T>(build: impl FnOnce() -> T + UnwindSafe) -> Option<&'static str> {
    let panic = catch_unwind(build).err()?;
    Some(panic.downcast_ref::<&'static str>().copied().unwrap_or("no sentence"))
}

type Build = fn(Retry) -> Retry;

/// Each by a valid value.
const ATTEMPTS: Build = |retry| retry.max_attempts(5);
const RETRIES: Build = |retry| retry.max_retries(5);
const BASE: Build = |retry| retry.base_delay(SECOND * 2);
const CAP: Build = |retry| retry.max_delay(SECOND * 2);
const LOW_CAP: Build = |retry| retry.max_delay(Duration::from_nanos(1_999_999_999));
const MULTIPLIER: Build = |retry| retry.multiplier(1.0);
const JITTER: Build = |retry| retry.jitter(Jitter::None);
const HINT: Build = |retry| retry.max_retry_after(SECOND);
const EXPONENTIAL: Build = |retry| retry.backoff(BackoffShape::Exponential);
const LINEAR: Build = |retry| retry.backoff(BackoffShape::Linear);
const CONSTANT: Build = |retry| retry.backoff(BackoffShape::Constant);
const FIBONACCI: Build = |retry| retry.backoff(BackoffShape::Fibonacci);
const DECORRELATED: Build = |retry| retry.backoff(BackoffShape::Decorrelated);
const NONE: Build = |retry| retry.backoff(BackoffShape::None);

#[test]
fn values_out_of_range_are_refused() {
    let nonsense: [(Build, &str); 14] = [
        (|retry| retry.max_attempts(0), "`max_attempts` takes a whole number from 1 to 100"),
        (|retry| retry.max_attempts(101), "`max_attempts` takes a whole number from 1 to 100"),
        (|retry| retry.max_retries(100), "`max_retries` takes a whole number from 0 to 99"),
        (|retry| retry.max_retries(u32::MAX), "`max_retries` takes a whole number from 0 to 99"),
        (
            |retry| retry.base_delay(Duration::ZERO),
            "`base_delay` must be above zero: without a delay a struggling service is hammered\nif that is meant, write `backoff = none`",
        ),
        (|retry| retry.max_delay(Duration::ZERO), "`max_delay` must be above zero"),
        (|retry| retry.max_retry_after(Duration::ZERO), "`max_retry_after` must be above zero"),
        (|retry| retry.multiplier(0.9), "`multiplier` takes a number of at least 1: delays do not shrink"),
        (
            |retry| retry.multiplier(f64::NAN),
            "`multiplier` takes a number of at least 1: delays do not shrink",
        ),
        (
            |retry| retry.multiplier(f64::INFINITY),
            "`multiplier` takes a number of at least 1: delays do not shrink",
        ),
        (
            |retry| retry.jitter(Jitter::Ratio(f64::NAN)),
            "`jitter` takes a ratio from 0 to 1, `full`, `equal` or `none`",
        ),
        (
            |retry| retry.jitter(Jitter::Ratio(f64::INFINITY)),
            "`jitter` takes a ratio from 0 to 1, `full`, `equal` or `none`",
        ),
        (
            |retry| retry.jitter(Jitter::Ratio(-0.1)),
            "`jitter` takes a ratio from 0 to 1, `full`, `equal` or `none`",
        ),
        (
            |retry| retry.jitter(Jitter::Ratio(1.1)),
            "`jitter` takes a ratio from 0 to 1, `full`, `equal` or `none`",
        ),
    ];
    for (build, sentence) in nonsense {
        assert_eq!(refusal(|| build(Retry::new())), Some(sentence));
    }
}

#[test]
fn the_ends_of_each_range_and_every_default_are_in_it() {
    let tiny = Duration::from_nanos(1);
    assert_eq!([1, 100].map(check::max_attempts), [1, 100]);
    assert_eq!([0, 99].map(check::max_retries), [0, 99]);
    assert_eq!(Retry::new().max_retries(99).config().max_attempts, 100);
    assert_eq!([tiny, Duration::MAX].map(check::base_delay), [tiny, Duration::MAX]);
    assert_eq!([tiny, Duration::MAX].map(check::max_delay), [tiny, Duration::MAX]);
    assert_eq!([tiny, Duration::MAX].map(check::max_retry_after), [tiny, Duration::MAX]);
    for jitter in [Jitter::Ratio(0.0), Jitter::Ratio(1.0), Jitter::None, Jitter::Full, Jitter::Equal] {
        assert_eq!(check::jitter(jitter), jitter);
    }
    let default = RetryConfig::DEFAULT;
    let same = RetryConfig {
        max_attempts: check::max_attempts(default.max_attempts),
        base_delay: check::base_delay(default.base_delay),
        max_delay: check::max_delay(default.max_delay),
        jitter: check::jitter(default.jitter),
        backoff: default.backoff,
        multiplier: check::multiplier(default.multiplier),
        max_retry_after: check::max_retry_after(default.max_retry_after),
    };
    assert_eq!(same, default);
}

#[test]
fn settings_that_contradict_one_another_are_refused_in_either_order() {
    let same = "`max_retries` and `max_attempts` say the same (attempts are retries + 1)\nkeep one of them";
    let multiplier = "`multiplier` does nothing with this `backoff`: leave it out";
    let jitter = "`jitter` does nothing with this `backoff`: leave it out";
    let contradictions: [(Build, Build, &str); 12] = [
        (ATTEMPTS, RETRIES, same),
        (BASE, LOW_CAP, "`max_delay` is below `base_delay`"),
        (MULTIPLIER, LINEAR, multiplier),
        (MULTIPLIER, CONSTANT, multiplier),
        (MULTIPLIER, FIBONACCI, multiplier),
        (MULTIPLIER, DECORRELATED, multiplier),
        (MULTIPLIER, NONE, multiplier),
        (BASE, NONE, "`base_delay` does nothing with this `backoff`: leave it out"),
        (CAP, NONE, "`max_delay` does nothing with this `backoff`: leave it out"),
        (JITTER, NONE, jitter),
        (JITTER, DECORRELATED, jitter),
        (LOW_CAP, BASE, "`max_delay` is below `base_delay`"),
    ];
    for (one, other, sentence) in contradictions {
        assert_eq!(refusal(|| other(one(Retry::new()))), Some(sentence));
        assert_eq!(refusal(|| one(other(Retry::new()))), Some(sentence), "the other way round");
        let between: Build = |retry| retry.max_retry_after(SECOND).operation("between");
        assert_eq!(refusal(|| other(between(one(Retry::new())))), Some(sentence), "also from afar");
    }
}

#[test]
fn what_was_written_is_remembered_past_a_predicate() {
    let when = || Retry::new().max_attempts(2).when(|_: &u32| true).until(|_: &u32| true).max_retries(1);
    assert!(refusal(when).is_some());
}

#[test]
fn all_other_settings_go_together() {
    let shapes = [EXPONENTIAL, LINEAR, CONSTANT, FIBONACCI, DECORRELATED, NONE];
    let goes_with_none = [ATTEMPTS, RETRIES, HINT];
    let goes_with_decorrelated = [ATTEMPTS, RETRIES, HINT, BASE, CAP];
    let goes_with_most = [ATTEMPTS, RETRIES, HINT, BASE, CAP, JITTER];
    let goes_with_exponential = [ATTEMPTS, RETRIES, HINT, BASE, CAP, JITTER, MULTIPLIER];
    let fine: [&[Build]; 6] = [
        &goes_with_exponential,
        &goes_with_most,
        &goes_with_most,
        &goes_with_most,
        &goes_with_decorrelated,
        &goes_with_none,
    ];
    for (shape, settings) in shapes.into_iter().zip(fine) {
        for setting in settings {
            assert_eq!(refusal(|| shape(setting(Retry::new()))), None);
            assert_eq!(refusal(|| setting(shape(Retry::new()))), None);
        }
    }
    for setting in [ATTEMPTS, RETRIES, HINT, BASE, CAP, JITTER, MULTIPLIER, NONE] {
        assert_eq!(refusal(|| setting(setting(Retry::new()))), None, "the last word counts");
    }
}

#[test]
fn a_base_above_the_default_cap_is_capped() {
    let retry = Retry::new().base_delay(SECOND * 60).jitter(Jitter::None);
    assert_eq!(wait(&mut run(retry.config()), TRANSIENT, 0.5), SECOND * 30);
}

#[test]
fn a_config_contradicts_no_builder_and_is_never_refused() {
    let absurd = RetryConfig {
        max_attempts: 0,
        base_delay: Duration::MAX,
        max_delay: Duration::ZERO,
        jitter: Jitter::Ratio(f64::NAN),
        backoff: BackoffShape::None,
        multiplier: f64::NEG_INFINITY,
        max_retry_after: Duration::ZERO,
    };
    for build in [ATTEMPTS, RETRIES, BASE, CAP, JITTER, MULTIPLIER, HINT] {
        assert_eq!(refusal(|| build(Retry::from(absurd))), None);
    }
}

/// Every builder in `const` evaluation.
const _: Retry = Retry::new()
    .max_attempts(100)
    .base_delay(SECOND)
    .max_delay(SECOND)
    .multiplier(1.5)
    .backoff(BackoffShape::Exponential)
    .jitter(Jitter::Ratio(1.0))
    .max_retry_after(SECOND)
    .operation("const");
