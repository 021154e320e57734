//! Retries inside retries, across functions: told once, with both names, and only where attempts multiply.

use std::cell::Cell;

use resilient::{retry, timeout};

use crate::support::{Events, Fault, paused, virtually};

#[retry(max_attempts = 3)]
fn inner() -> Result<(), Fault> {
    Err(Fault::connect())
}

#[retry(max_attempts = 3)]
fn outer() -> Result<(), Fault> {
    inner()
}

#[test]
fn attempts_that_multiply_are_told_once_with_both_names() {
    virtually(|_| {
        let (events, _guard) = Events::collect();
        assert!(outer().is_err());
        assert!(outer().is_err());
        let told = events.named("nested_retry");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].field("outer"), told[0].field("inner")), ("outer", "inner"));
        let names = events.names();
        let first = names.iter().position(|name| name == "nested_retry").unwrap();
        assert_eq!(names[..first].iter().filter(|name| *name == "retry_exhausted").count(), 1, "{names:?}");
    });
}

#[retry(max_attempts = 2)]
async fn inner_async() -> Result<(), Fault> {
    Err(Fault::connect())
}

#[retry(max_attempts = 2)]
async fn outer_async() -> Result<(), Fault> {
    inner_async().await
}

#[test]
fn async_ones_too() {
    paused(async {
        let (events, _guard) = Events::collect();
        assert!(outer_async().await.is_err());
        let told = events.named("nested_retry");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].field("outer"), told[0].field("inner")), ("outer_async", "inner_async"));
    });
}

#[retry(max_attempts = 2)]
#[timeout(secs = 5)]
fn outer_on_a_worker() -> Result<(), Fault> {
    inner()
}

#[test]
fn a_retry_on_the_worker_of_a_sync_timeout_is_inside() {
    virtually(|_| {
        let (events, _guard) = Events::collect();
        assert!(outer_on_a_worker().is_err());
        let told = events.named("nested_retry");
        assert_eq!(told.iter().map(|event| event.field("outer")).collect::<Vec<_>>(), ["outer_on_a_worker"]);
    });
}

#[retry(max_attempts = 3)]
fn fails_once(calls: &mut u32) -> Result<(), Fault> {
    *calls += 1;
    if *calls == 2 { Ok(()) } else { Err(Fault::connect()) }
}

#[retry(max_attempts = 3)]
fn succeeds_at_first(calls: &mut u32) -> Result<(), Fault> {
    fails_once(calls)
}

#[test]
fn an_inner_retry_within_the_first_attempt_multiplies_nothing() {
    virtually(|_| {
        let (events, _guard) = Events::collect();
        succeeds_at_first(&mut 0).unwrap();
        assert_eq!(events.names(), ["retry"]);
    });
}

/// Three functions of three attempts, each calling the one before; sync and async.
macro_rules! three_layers {
    ($name:ident: $($setting:tt)*) => {
        mod $name {
            use super::*;

            #[retry(max_attempts = 3, $($setting)*)]
            fn leaf(runs: &Cell<u32>) -> Result<(), Fault> {
                runs.set(runs.get() + 1);
                Err(Fault::connect())
            }
            #[retry(max_attempts = 3, $($setting)*)]
            fn middle(runs: &Cell<u32>) -> Result<(), Fault> {
                leaf(runs)
            }
            #[retry(max_attempts = 3, $($setting)*)]
            pub(super) fn top(runs: &Cell<u32>) -> Result<(), Fault> {
                middle(runs)
            }

            #[retry(max_attempts = 3, $($setting)*)]
            async fn leaf_async(runs: &Cell<u32>) -> Result<(), Fault> {
                tokio::task::yield_now().await;
                runs.set(runs.get() + 1);
                Err(Fault::connect())
            }
            #[retry(max_attempts = 3, $($setting)*)]
            async fn middle_async(runs: &Cell<u32>) -> Result<(), Fault> {
                leaf_async(runs).await
            }
            #[retry(max_attempts = 3, $($setting)*)]
            pub(super) async fn top_async(runs: &Cell<u32>) -> Result<(), Fault> {
                middle_async(runs).await
            }
        }
    };
}

three_layers!(reported: nested = report);
three_layers!(collapsed: nested = collapse);

/// How often the innermost function runs in one call that always fails, and the pairs that are told.
fn seen(call: impl FnOnce(&Cell<u32>) -> Result<(), Fault>) -> (u32, Vec<[String; 2]>) {
    let (events, _guard) = Events::collect();
    let runs = Cell::new(0);
    assert!(matches!(call(&runs), Err(Fault::Connect(_))));
    let pairs = events.named("nested_retry");
    let pairs = pairs.iter().map(|event| ["outer", "inner"].map(|name| event.field(name).to_owned()));
    (runs.get(), pairs.collect())
}

#[test]
fn three_layers_multiply_and_tell_each_pair_or_add_and_tell_nothing() {
    let blocking = |call: fn(&Cell<u32>) -> Result<(), Fault>| seen(|runs| virtually(|_| call(runs)));
    let (runs, told) = blocking(reported::top);
    assert_eq!(runs, 27);
    assert_eq!(told, [["middle", "leaf"], ["top", "leaf"], ["top", "middle"]]);
    let (runs, told) = seen(|runs| paused(reported::top_async(runs)));
    assert_eq!(runs, 27);
    assert_eq!(
        told,
        [["middle_async", "leaf_async"], ["top_async", "leaf_async"], ["top_async", "middle_async"]]
    );
    // Three of the leaf in the first attempts of the others, and one for each further attempt of those.
    assert_eq!(blocking(collapsed::top), (3 + 2 + 2, vec![]));
    assert_eq!(seen(|runs| paused(collapsed::top_async(runs))), (3 + 2 + 2, vec![]));
}
