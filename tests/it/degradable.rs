//! `#[derive(Degradable)]`: structs that say in a field of their own that they are degraded.

use resilient::{Degradable, Degradation, Tier, fallback};

use crate::support::Fault;

fn how(tier: Tier, error: &str) -> Degradation {
    Degradation::new(tier, error)
}

#[derive(Clone, Debug, Default, PartialEq, Degradable)]
struct Case<'t, T: Default> {
    text: &'t str,
    more: T,
    #[degradable]
    needs_review: bool,
    reviewed: bool,
    #[degradable]
    how: Option<Degradation>,
}

#[test]
fn each_marked_field_says_it_and_no_other() {
    let case = Case { text: "invoice", more: 7_u8, ..Case::default() };
    assert!(!case.is_degraded());
    let degraded = case.clone().degraded(how(Tier::Cached, "down"));
    let marked = Case { needs_review: true, how: Some(how(Tier::Cached, "down")), ..case.clone() };
    assert_eq!((degraded.is_degraded(), &degraded), (true, &marked));
    assert!(Case { needs_review: true, ..case.clone() }.is_degraded(), "one of them is enough");
    assert!(Case { how: marked.how.clone(), ..case }.is_degraded());
    let worse = degraded.degraded(how(Tier::Default, "gone"));
    assert_eq!(worse.how, Some(how(Tier::Default, "gone")));
    assert_eq!(worse.clone().degraded(how(Tier::Degraded, "half")).how, worse.how, "the worse one stays");
    let again = worse.degraded(how(Tier::Default, "gone again"));
    assert_eq!(again.how, Some(how(Tier::Default, "gone again")), "of two that are equal, the later one");
}

#[derive(Degradable)]
struct Flagged(u32, #[degradable] bool);

/// Cannot be taken apart.
#[derive(Degradable)]
#[degradable(crate = resilient)]
struct Held {
    #[degradable]
    is_stale: bool,
}

impl Drop for Held {
    fn drop(&mut self) {}
}

#[test]
fn tuples_and_structs_with_a_drop_of_their_own_do_too() {
    let Flagged(value, flag) = Flagged(7, false).degraded(how(Tier::Default, "down"));
    assert_eq!((value, flag), (7, true));
    assert!(Held { is_stale: false }.degraded(how(Tier::Default, "down")).is_stale);
}

#[fallback(
    degraded = |_| Ok(Case { text, more: (), ..Case::default() }),
    when = |error| matches!(error, Fault::Connect(_)),
    reason = "OCR unavailable, image files skipped"
)]
fn process_case(text: &str, ocr: Result<(), Fault>) -> Result<Case<'_, ()>, Fault> {
    ocr.map(|more| Case { text, more, reviewed: true, ..Case::default() })
}

#[test]
fn a_fallback_marks_it() {
    let case = process_case("invoice", Err(Fault::connect())).unwrap();
    assert!(case.needs_review && case.is_degraded());
    assert_eq!(
        (case.text, case.how.unwrap().reason),
        ("invoice", Some("OCR unavailable, image files skipped"))
    );
    assert!(!process_case("invoice", Ok(())).unwrap().is_degraded());
    assert!(process_case("invoice", Err(Fault::Refused("x".into()))).is_err());
}

#[cfg(feature = "cache")]
#[test]
fn a_value_that_says_it_is_never_kept_as_a_good_one() {
    #[derive(Clone, Debug, PartialEq, Degradable)]
    struct Price {
        cents: u32,
        #[degradable]
        is_estimate: bool,
    }
    #[fallback(cached(max_age = "1h"))]
    fn price(now: Option<Price>) -> Result<Price, Fault> {
        now.ok_or_else(Fault::connect)
    }
    let estimate = Price { cents: 1, is_estimate: true };
    assert_eq!(price(Some(estimate.clone())).unwrap(), estimate);
    assert!(price(None).is_err(), "there is no good one");
    let good = Price { cents: 2, is_estimate: false };
    assert_eq!(price(Some(good.clone())).unwrap(), good);
    assert_eq!(price(Some(estimate.clone())).unwrap(), estimate);
    assert_eq!(price(None).unwrap(), Price { cents: 2, is_estimate: true }, "the good one, marked");
}
