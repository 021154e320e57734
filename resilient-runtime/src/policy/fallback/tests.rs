//! What a degraded value says of itself, and that no value is degraded silently. When a fallback is
//! taken, and which tiers it has, is written by the macros and tested with them.

#![allow(clippy::unwrap_used)]

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::field::Field;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};

use super::*;

const TIERS: [(Tier, &str); 3] =
    [(Tier::Degraded, "degraded"), (Tier::Cached, "cached"), (Tier::Default, "default")];

#[test]
fn a_value_that_was_never_degraded_says_so_and_carries_nothing() {
    let served = Served::from(String::from("invoice"));
    assert!(!served.is_degraded());
    assert_eq!(served.degradation(), None);
    assert_eq!(served.len(), 7, "derefs to the value");
    assert_eq!(served.into_inner(), "invoice");
    assert!(size_of::<Served<u64>>() <= size_of::<u64>() + size_of::<usize>());
}

#[test]
fn a_degraded_value_keeps_its_value_and_says_why() {
    let mut how = Degradation::new(Tier::Cached, "connection refused");
    how.age = Some(Duration::from_secs(60));
    let served = Served::from(vec![1, 2, 3]).degraded(how.clone());
    assert!(served.is_degraded());
    assert_eq!(served.degradation(), Some(&how));
    assert_eq!(*served, [1, 2, 3]);
    assert_ne!(served, Served::from(vec![1, 2, 3]), "a degraded value is not the full service's");
    assert_eq!(served.into_inner(), [1, 2, 3]);
}

/// In order of tiers: none, degraded, cached, default.
fn parts() -> Vec<Served<usize>> {
    let degraded = TIERS.iter().enumerate().map(|(number, (tier, name))| {
        Served::from(number + 1).degraded(Degradation::new(*tier, format!("{name} part")))
    });
    std::iter::once(Served::from(0)).chain(degraded).collect()
}

#[test]
fn what_is_made_of_a_value_is_no_better_than_the_value() {
    for part in parts() {
        let made = part.clone().map(|number| number.to_string());
        assert_eq!(made.degradation(), part.degradation());
        assert_eq!(made.into_inner(), part.to_string());
    }
}

#[test]
fn two_values_are_together_as_good_as_the_worse_of_them() {
    let all = parts();
    for (first, one) in all.iter().enumerate() {
        for (second, other) in all.iter().enumerate() {
            let both = one.clone().zip(other.clone());
            assert_eq!(*both, (first, second));
            let worse = if second > first { other } else { one };
            assert_eq!(both.degradation(), worse.degradation(), "{first} and {second}");
        }
    }
    let cached = |error: &str| Served::from(()).degraded(Degradation::new(Tier::Cached, error));
    let both = cached("the first").zip(cached("the second"));
    assert_eq!(both.degradation().unwrap().error, "the first");
}

#[test]
fn many_values_are_together_as_good_as_the_worst_of_them() {
    let all: Served<Vec<usize>> = parts().into_iter().rev().collect();
    assert_eq!(*all, [3, 2, 1, 0]);
    assert_eq!(all.degradation().map(|how| how.tier), Some(Tier::Default));
    let good: Served<Vec<usize>> = parts().into_iter().take(1).collect();
    assert!(!good.is_degraded());
    assert!(!Vec::<Served<()>>::new().into_iter().collect::<Served<Vec<()>>>().is_degraded());
}

#[test]
fn whether_it_is_degraded_is_told_to_those_who_know_only_the_trait() {
    fn is_degraded(value: &impl Degradable) -> bool {
        value.is_degraded()
    }
    let degraded = Served::from(1).degraded(Degradation::new(Tier::Cached, "down"));
    assert!(is_degraded(&degraded) && !is_degraded(&Served::from(1)));
    assert!(!is_degraded(&Report { text: "half", needs_review: None }), "a type that does not say");
}

#[test]
fn empty_values_arrive_as_they_are() {
    let how = || Degradation::new(Tier::Default, "down");
    assert_eq!(Served::from(None::<u32>).degraded(how()).into_inner(), None);
    assert_eq!(Served::from(Vec::<u32>::new()).degraded(how()).into_inner(), [0_u32; 0]);
    assert!(Served::from(()).degraded(how()).is_degraded());
}

#[test]
fn a_degradation_shows_its_tier_and_its_reason_or_else_the_error() {
    for (tier, name) in TIERS {
        let mut how = Degradation::new(tier, "connection refused");
        assert_eq!(how.to_string(), format!("{name}: connection refused"));
        how.reason = Some("OCR unavailable");
        assert_eq!(how.to_string(), format!("{name}: OCR unavailable"));
    }
}

#[test]
fn tiers_are_shown_by_name_and_ordered_from_better_to_worse() {
    for (tier, name) in TIERS {
        assert_eq!((tier.as_str(), tier.to_string()), (name, name.to_owned()));
        assert_eq!(format!("[{tier:>9}]"), format!("[{name:>9}]"));
    }
    assert!(TIERS.is_sorted());
}

/// A user's own type, as the pattern wants it: flagged for review.
#[derive(Debug, PartialEq)]
struct Report {
    text: &'static str,
    needs_review: Option<String>,
}

impl Degradable for Report {
    fn degraded(self, how: Degradation) -> Self {
        Self { needs_review: Some(how.to_string()), ..self }
    }
}

/// tracing remembers of each call site whether anybody listens, and where it believes that there is one
/// subscriber alone, it asks the thread that comes by first: not ours. Two that never go prevent it.
static ALWAYS_THERE: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(Listener(Arc::default()))));

/// Collects events as `field=value` lines.
struct Listener(Arc<Mutex<Vec<String>>>);

impl Subscriber for Listener {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = format!("{} {}", event.metadata().level(), event.metadata().target());
        event.record(&mut |field: &Field, value: &dyn Debug| write!(line, " {field}={value:?}").unwrap());
        self.0.lock().unwrap().push(line);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn heard<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    LazyLock::force(&ALWAYS_THERE);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let done = tracing::subscriber::with_default(Listener(Arc::clone(&heard)), work);
    let heard = heard.lock().unwrap().clone();
    (done, heard)
}

#[test]
fn serving_marks_the_value_and_tells_it_once() {
    for (tier, name) in TIERS {
        let fallback = Fallback::new("ocr", Text::Display(&"no route")).reason("OCR unavailable");
        let (served, told) = heard(|| fallback.serve(tier, Served::from(1)));
        let mut how = Degradation::new(tier, "no route");
        how.reason = Some("OCR unavailable");
        assert_eq!(served.degradation(), Some(&how));
        let [line] = <[String; 1]>::try_from(told).unwrap();
        assert!(line.starts_with("WARN resilient "), "{line}");
        for field in [
            r#" event="degraded""#,
            r#" operation="ocr""#,
            &format!(r#" tier="{name}""#),
            r#" reason="OCR unavailable""#,
            r#" error="no route""#,
            &format!(" message=ocr degrades to `{name}`: OCR unavailable"),
        ] {
            assert!(line.contains(field), "{field} in {line}");
        }
    }
}

#[test]
fn a_value_from_earlier_is_served_with_its_age() {
    let fallback = Fallback::new("ocr", Text::Display(&"no route"));
    let age = Duration::from_millis(1500);
    let (served, told) = heard(|| fallback.serve_aged(Tier::Cached, age, Served::from(1)));
    let mut how = Degradation::new(Tier::Cached, "no route");
    how.age = Some(age);
    assert_eq!(served.degradation(), Some(&how));
    let [line] = <[String; 1]>::try_from(told).unwrap();
    assert!(line.contains(r#" tier="cached" age_s=1.5 "#), "{line}");
}

#[test]
fn without_a_reason_the_error_is_told() {
    let fallback = Fallback::new("ocr", Text::Debug(&Some(1)));
    let (served, told) = heard(|| fallback.serve(Tier::Default, Served::from(1)));
    assert_eq!(served.degradation(), Some(&Degradation::new(Tier::Default, "Some(1)")));
    let [line] = <[String; 1]>::try_from(told).unwrap();
    assert!(line.contains("message=ocr degrades to `default`: Some(1)"), "{line}");
    assert!(!line.contains("reason=") && !line.contains("age_s="), "{line}");
}

#[test]
fn a_type_of_ones_own_is_marked_in_its_own_way() {
    let fallback = Fallback::new("report", Text::Name("my::Error"));
    let (report, told) =
        heard(|| fallback.serve(Tier::Degraded, Report { text: "half", needs_review: None }));
    let needs_review = Some(String::from("degraded: my::Error"));
    assert_eq!(report, Report { text: "half", needs_review });
    assert_eq!(told.len(), 1);
}

#[test]
fn nothing_is_told_before_a_value_is_served() {
    let (fallback, told) = heard(|| Fallback::new("ocr", Text::Display(&"down")));
    assert_eq!(told, Vec::<String>::new());
    drop(fallback);
}
