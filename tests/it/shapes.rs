//! Functions as people write them: receivers, moved and mutable arguments, generics, `?`, early
//! returns, futures by other names. What each shape must show is that the policy works and the body
//! does what it did.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient::{Served, circuit_breaker, fallback, retry, timeout};

use crate::support::{Fault, paused, virtually};

/// A value that counts how often it is cloned.
#[derive(Debug, Default)]
struct Counted(Arc<AtomicU32>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(&self.0))
    }
}

impl Counted {
    fn clones(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Default)]
struct Session {
    calls: u32,
    log: Vec<String>,
}

impl Session {
    #[retry(max_attempts = 3)]
    async fn next(&mut self, out: &mut Vec<u32>) -> Result<u32, Fault> {
        self.calls += 1;
        out.push(self.calls);
        if self.calls < 3 {
            return Err(Fault::connect());
        }
        Ok(self.calls)
    }

    #[retry(max_attempts = 3)]
    fn next_blocking(&mut self, out: &mut Vec<u32>) -> Result<u32, Fault> {
        self.calls += 1;
        out.push(self.calls);
        if self.calls < 3 { Err(Fault::connect()) } else { Ok(self.calls) }
    }

    #[circuit_breaker]
    #[timeout(secs = 5)]
    async fn latest(&mut self, entry: String) -> Result<&mut String, Fault> {
        self.log.push(entry);
        self.log.last_mut().ok_or_else(Fault::connect)
    }

    #[retry(max_attempts = 2)]
    async fn by_value(mut self, other: Self) -> Result<u32, Fault> {
        // The type of a function pointer is no function with a `self` of its own.
        let add: fn(u32, u32) -> u32 = if self.calls > 90 { u32::wrapping_add } else { u32::saturating_add };
        self.calls = add(self.calls, 1 + other.calls);
        if self.calls < 99 {
            Err(Fault::Refused(format!("{} {}", self.calls, self.log.len())))
        } else {
            Ok(1)
        }
    }

    #[retry(max_attempts = 3)]
    async fn shared(self: Arc<Self>, seen: &AtomicU32) -> Result<u32, Fault> {
        if seen.fetch_add(1, Ordering::SeqCst) < 2 { Err(Fault::connect()) } else { Ok(self.calls) }
    }

    #[retry(max_attempts = 3)]
    #[timeout("5s")]
    fn shared_blocking(self: Arc<Self>, seen: Arc<AtomicU32>) -> Result<u32, Fault> {
        if seen.fetch_add(1, Ordering::SeqCst) < 2 { Err(Fault::connect()) } else { Ok(self.calls) }
    }
}

impl Clone for Session {
    fn clone(&self) -> Self {
        Self { calls: self.calls, log: self.log.clone() }
    }
}

#[test]
fn mutable_receivers_and_arguments_are_the_same_place_in_every_attempt() {
    paused(async {
        let (mut session, mut out) = (Session::default(), Vec::new());
        assert!(matches!(session.next(&mut out).await, Ok(3)));
        assert_eq!(out, [1, 2, 3]);
    });
    virtually(|_| {
        let (mut session, mut out) = (Session::default(), Vec::new());
        assert!(matches!(session.next_blocking(&mut out), Ok(3)));
        assert_eq!(out, [1, 2, 3]);
    });
}

#[test]
fn a_borrow_of_self_can_be_returned_where_nothing_repeats() {
    paused(async {
        let mut session = Session::default();
        session.latest("one".into()).await.unwrap().push('!');
        assert_eq!(session.log, ["one!"]);
    });
}

#[test]
fn receivers_by_value_are_renewed() {
    paused(async {
        let session = Session { calls: 1, log: vec!["entry".into()] };
        let outcome = session.clone().by_value(session).await;
        assert!(matches!(outcome, Err(Fault::Refused(text)) if text == "3 1"), "as passed, whole");
        let seen = Arc::new(AtomicU32::new(0));
        assert!(matches!(Arc::new(Session { calls: 7, ..Session::default() }).shared(&seen).await, Ok(7)));
    });
    virtually(|_| {
        let session = Arc::new(Session { calls: 7, ..Session::default() });
        assert!(matches!(session.shared_blocking(Arc::default()), Ok(7)));
    });
}

#[retry(max_attempts = 3)]
async fn moved(text: String, counted: Counted, fail: u32) -> Result<String, Fault> {
    let attempt = counted.clones();
    drop(counted);
    if attempt <= fail { Err(Fault::connect()) } else { Ok(text) }
}

#[test]
fn moved_arguments_are_cloned_once_per_attempt_that_may_be_followed_by_another() {
    paused(async {
        for (fail, clones) in [(0, 1), (1, 2), (9, 2)] {
            let counted = Counted::default();
            let seen = Counted(Arc::clone(&counted.0));
            let outcome = moved("text".into(), counted, fail).await;
            assert_eq!(outcome.is_ok(), fail < 2);
            assert_eq!(seen.clones(), clones, "{fail} failures");
        }
    });
}

#[circuit_breaker]
#[timeout(5)]
async fn moved_once(counted: Counted) -> Result<u32, Fault> {
    Ok(counted.clones())
}

/// The lints that names standing twice would set off.
#[warn(clippy::shadow_same, clippy::shadow_reuse, clippy::shadow_unrelated)]
#[warn(clippy::used_underscore_binding, clippy::no_effect_underscore_binding)]
mod names_that_stand_twice {
    use super::*;

    #[fallback(default = text.len())]
    #[retry(max_attempts = 2)]
    pub(super) async fn named(mut text: String, _unused: String) -> Result<Served<usize>, Fault> {
        text.push('x');
        Err(Fault::Refused(text))
    }
}

#[test]
fn arguments_keep_their_names_without_a_lint() {
    paused(async {
        let served = names_that_stand_twice::named("text".into(), String::new()).await.unwrap();
        assert_eq!(*served, 4, "the fallback has the argument as it was passed");
    });
}

#[test]
fn nothing_is_cloned_where_nothing_repeats() {
    paused(async { assert!(matches!(moved_once(Counted::default()).await, Ok(0))) });
}

#[retry(max_attempts = 3, jitter = none)]
fn counting(mut n: u32, (mut a, b): (u32, u32), seen: &mut Vec<(u32, u32, u32)>) -> Result<(), Fault> {
    n += 1;
    a += b;
    seen.push((n, a, b));
    Err(Fault::connect())
}

#[test]
fn every_attempt_sees_the_arguments_as_they_were_passed() {
    virtually(|_| {
        let mut seen = Vec::new();
        assert!(counting(1, (10, 5), &mut seen).is_err());
        assert_eq!(seen, [(2, 15, 5); 3]);
    });
}

struct Point {
    x: u32,
    y: u32,
}

#[timeout(5)]
async fn patterns(Point { x, .. }: Point, [first, ..]: [u32; 3], _: Counted, &y: &u32) -> Result<u32, Fault> {
    Ok(x + first + y)
}

#[test]
fn patterns_are_bound_as_written() {
    paused(async {
        let point = Point { x: 1, y: 2 };
        let y = point.y;
        assert!(matches!(patterns(point, [10, 20, 30], Counted::default(), &y).await, Ok(13)));
    });
}

#[retry(max_attempts = 2)]
async fn generic<T, const N: usize>(items: &[T; N], name: impl Into<String> + Clone) -> Result<String, Fault>
where
    T: Display + Sync,
{
    let mut text = name.into();
    for item in items {
        text.push_str(&item.to_string());
    }
    Ok(text)
}

#[retry(max_attempts = 2)]
fn opaque<'a>(words: &'a [&'a str]) -> Result<impl Iterator<Item = &'a str>, Fault> {
    if words.is_empty() {
        return Err(Fault::connect());
    }
    Ok(words.iter().copied().rev())
}

#[test]
fn generics_and_opaque_types_pass_through() {
    paused(async {
        assert_eq!(generic(&[1, 2, 3], "n").await.unwrap(), "n123");
    });
    virtually(|_| {
        assert_eq!(opaque(&["a", "b"]).unwrap().collect::<String>(), "ba");
        assert!(opaque(&[]).is_err());
    });
}

#[retry(max_attempts = 3, on = std::num::ParseIntError)]
async fn with_question_marks(
    text: &str,
    calls: &AtomicU32,
) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    calls.fetch_add(1, Ordering::SeqCst);
    if text == "early" {
        return Ok(0);
    }
    let number: u32 = text.parse()?;
    Err("odd").or_else(|error| if number % 2 == 0 { Ok(number) } else { Err(error) })?;
    Ok(number)
}

#[test]
fn a_question_mark_and_an_early_return_end_the_attempt_and_not_the_call() {
    paused(async {
        for (text, ok, expected_calls) in
            [("4", true, 1), ("early", true, 1), ("x", false, 3), ("5", false, 1)]
        {
            let calls = AtomicU32::new(0);
            assert_eq!(with_question_marks(text, &calls).await.is_ok(), ok, "{text}");
            assert_eq!(calls.load(Ordering::SeqCst), expected_calls, "{text}");
        }
    });
}

#[retry(max_attempts = 2)]
fn coerced(fail: bool) -> Result<Box<dyn Fn(u32) -> u32 + Send>, Fault> {
    if fail {
        return Err(Fault::connect());
    }
    Ok(Box::new(|n| n + 1))
}

#[retry(max_attempts = 2)]
async fn coerced_async(fail: bool) -> Result<Box<dyn Fn(u32) -> u32 + Send>, Fault> {
    if fail {
        return Err(Fault::connect());
    }
    Ok(Box::new(|n| n + 1))
}

#[test]
fn values_coerce_to_the_return_type() {
    virtually(|_| assert_eq!(coerced(false).map(|f| f(1)).unwrap(), 2));
    paused(async { assert_eq!(coerced_async(false).await.map(|f| f(1)).unwrap(), 2) });
}

#[retry(max_attempts = 4, base_delay = "1ms")]
fn recursive(depth: u32, calls: &AtomicU32) -> Result<u32, Fault> {
    calls.fetch_add(1, Ordering::SeqCst);
    if depth == 0 { Ok(0) } else { Ok(1 + recursive(depth - 1, calls)?) }
}

#[test]
fn functions_may_call_themselves() {
    let calls = AtomicU32::new(0);
    assert_eq!(recursive(50, &calls).unwrap(), 50);
    assert_eq!(calls.load(Ordering::SeqCst), 51);
}

/// Words of the user's that generated code uses too.
#[fallback(default = out, on = any)]
#[retry(max_attempts = 2, base_delay = wait, when = |error| error.is_empty() && run == 1)]
fn hygienic(run: u32, out: u32, wait: Duration, error: &str) -> Result<Served<u32>, String> {
    #![allow(clippy::unnecessary_wraps)]
    let permit = run + out;
    if error == "fine" { Ok(permit.into()) } else { Err(error.to_owned()) }
}

#[test]
fn names_of_the_users_and_ours_do_not_meet() {
    virtually(|clock| {
        assert_eq!(*hygienic(1, 2, Duration::from_secs(3), "fine").unwrap(), 3);
        let served = hygienic(1, 2, Duration::from_secs(3), "").unwrap();
        assert_eq!((*served, served.is_degraded(), clock.sleeps().len()), (2, true, 1));
    });
}
