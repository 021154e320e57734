//! The settings of `#[fallback]`, and those of its `cached(…)`.

use std::time::Duration;

use resilient::{Served, Tier, fallback};

use crate::support::{Fault, paused, virtually};

#[test]
fn each_setting_does_what_it_says() {
    super::shown(
        resilient::__private::ide::names::fallback,
        &[
            ("degraded", degraded),
            ("cached", cached),
            ("default", default),
            ("on", on),
            ("when", when),
            ("reason", reason),
        ],
    );
    super::shown(
        &["max_age", "key", "capacity", "single_flight"],
        &[("max_age", max_age), ("key", key), ("capacity", capacity), ("single_flight", single_flight)],
    );
}

type Answer = Result<Served<u32>, Fault>;

/// A function that ends as it is told to, under a fallback with these settings.
macro_rules! guarded {
    ($($setting:tt)*) => {{
        #[fallback($($setting)*)]
        fn call(out: Result<u32, Fault>) -> Answer {
            Ok(out?.into())
        }
        call
    }};
}

fn lost() -> Result<u32, Fault> {
    Err(Fault::connect())
}

fn refused() -> Result<u32, Fault> {
    Err(Fault::Refused("x".into()))
}

/// The value, and its tier.
fn came(answer: Answer) -> Option<(u32, Option<Tier>)> {
    let served = answer.ok()?;
    let tier = served.degradation().map(|how| how.tier);
    Some((served.into_inner(), tier))
}

fn degraded() {
    let call = guarded!(degraded = |_| Ok(5.into()), default = 6);
    assert_eq!(came(call(Ok(1))), Some((1, None)));
    assert_eq!(came(call(lost())), Some((5, Some(Tier::Degraded))));
    let second = guarded!(degraded = (Err, |_| Ok(5.into())));
    assert_eq!(came(second(lost())), Some((5, Some(Tier::Degraded))));
    let written_twice = guarded!(degraded = Err, degraded = |_| Ok(5.into()));
    assert_eq!(came(written_twice(lost())), Some((5, Some(Tier::Degraded))));
}

fn cached() {
    let call = guarded!(cached(max_age = "10s"));
    assert_eq!(came(call(lost())), None);
    assert_eq!(came(call(Ok(1))), Some((1, None)));
    assert_eq!(came(call(lost())), Some((1, Some(Tier::Cached))));
}

fn max_age() {
    virtually(|clock| {
        let call = guarded!(cached(max_age = "10s"));
        assert_eq!(came(call(Ok(1))), Some((1, None)));
        clock.advance(Duration::from_secs(10));
        assert_eq!(came(call(lost())), Some((1, Some(Tier::Cached))));
        clock.advance(Duration::from_nanos(1));
        assert_eq!(came(call(lost())), None);
    });
}

#[fallback(cached(max_age = "10s", key = id, capacity = 1))]
fn by_key(id: u32, fails: bool) -> Answer {
    if fails { Err(Fault::connect()) } else { Ok(id.into()) }
}

fn key() {
    assert_eq!(came(by_key(1, false)), Some((1, None)));
    assert_eq!(came(by_key(2, true)), None);
    assert_eq!(came(by_key(1, true)), Some((1, Some(Tier::Cached))));
}

fn capacity() {
    for id in 1..=2 {
        assert_eq!(came(by_key(id, false)), Some((id, None)));
    }
    assert_eq!([1, 2].map(|id| by_key(id, true).is_ok()), [false, true], "one key at most");
}

fn single_flight() {
    #[fallback(cached(max_age = "10s", key = id, single_flight))]
    async fn shared(id: &u32, calls: &std::cell::Cell<u32>) -> Answer {
        calls.set(calls.get() + 1);
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok((*id).into())
    }
    let calls = std::cell::Cell::new(0);
    let all = paused(async { tokio::join!(shared(&1, &calls), shared(&1, &calls), shared(&2, &calls)) });
    assert_eq!([came(all.0), came(all.1), came(all.2)], [1, 1, 2].map(|id| Some((id, None))));
    assert_eq!(calls.get(), 2);
}

fn default() {
    assert_eq!(came(guarded!(default = 6)(lost())), Some((6, Some(Tier::Default))));
}

fn on() {
    let call = guarded!(default = 6, on = Fault::Connect);
    assert_eq!([came(call(lost())), came(call(refused()))], [Some((6, Some(Tier::Default))), None]);
}

fn when() {
    let call = guarded!(default = 6, when = |error| matches!(error, Fault::Refused(_)));
    assert_eq!([came(call(lost())), came(call(refused()))], [None, Some((6, Some(Tier::Default)))]);
}

fn reason() {
    let reason = |answer: Answer| answer.unwrap().degradation().and_then(|how| how.reason);
    assert_eq!(reason(guarded!(default = 6)(lost())), None);
    assert_eq!(reason(guarded!(default = 6, reason = "spring tide")(lost())), Some("spring tide"));
}
