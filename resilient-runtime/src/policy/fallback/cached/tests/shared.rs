//! Calls that share one: what is left of them when they have ended, and users' code that panics in their midst.
//! What callers get is tested with the attributes.

use std::hash::Hasher;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(feature = "tokio")]
use std::task::Poll;

use super::*;

fn nothing_shared<E>(_: &E) -> Option<flight::Shared> {
    None
}

#[test]
fn memory_is_flat_over_a_million_keys_and_nothing_is_left_of_calls() {
    let instance = || {};
    let cached = LastGood::new().capacity(1000);
    let mut memory = Vec::new();
    for key in 0..1_000_000 {
        let outcome = |key| if key % 3 == 0 { Err(()) } else { Ok(Served::from(key)) };
        let shared = cached.of(instance, key).share(|| outcome(key), nothing_shared);
        assert_eq!(shared, outcome(key));
        if key % 100_000 == 99_999 {
            memory.push((store(&cached).values.memory_used().total(), cached.flights.running()));
        }
    }
    memory.dedup();
    assert_eq!(memory.len(), 1, "{memory:?}");
    let (_, (running, room)) = memory.first().copied().unwrap();
    assert!(running == 0 && room < 10, "{memory:?}");
    let inner = cached.of(instance, 7);
    let nested = inner.share(
        || cached.of(instance, 7).share(|| Ok::<_, ()>(Served::from(1)), nothing_shared),
        nothing_shared,
    );
    assert_eq!((nested, cached.flights.running().0), (Ok(Served::from(1)), 0));
}

static COPIES: AtomicUsize = AtomicUsize::new(0);

/// Its second copy panics.
#[derive(Debug, PartialEq)]
struct PanicsOnce(u32);

impl Clone for PanicsOnce {
    fn clone(&self) -> Self {
        assert!(COPIES.fetch_add(1, Ordering::SeqCst) != 1, "in the copy");
        Self(self.0)
    }
}

/// Lets one thread call, and another wait for it; gives what both got.
fn two_at_once(cached: &LastGood, degraded: bool) -> [Result<Served<PanicsOnce>, ()>; 2] {
    let instance = || {};
    let calls = AtomicUsize::new(0);
    let call = || {
        cached.of(instance, 1).share(
            || {
                let number = calls.fetch_add(1, Ordering::SeqCst);
                while number == 0 && cached.flights.seats() < 2 {
                    std::thread::yield_now();
                }
                let value = Served::from(PanicsOnce(u32::try_from(number).unwrap()));
                let how = Degradation::new(Tier::Degraded, "half");
                Ok(if degraded { value.degraded(how) } else { value })
            },
            nothing_shared,
        )
    };
    let caught = || catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(()));
    std::thread::scope(|scope| {
        let first = scope.spawn(caught);
        while calls.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        let second = scope.spawn(caught);
        [first, second].map(|thread| thread.join().unwrap())
    })
}

#[test]
fn a_copy_that_panics_does_so_for_one_caller_and_the_other_gets_a_value() {
    let cached = LastGood::new();
    // The first copy is kept, the second is the one for the caller who waited.
    let [first, second] = two_at_once(&cached, false);
    assert_eq!((first, second), (Ok(PanicsOnce(0).into()), Err(())));
    assert_eq!(cached.flights.running().0, 0);
    // A degraded value is copied for those who wait alone: by the one who called.
    COPIES.store(1, Ordering::SeqCst);
    let [first, second] = two_at_once(&cached, true);
    assert_eq!((first, second.unwrap().into_inner()), (Err(()), PanicsOnce(1)), "which takes over then");
    assert_eq!(cached.flights.running().0, 0);
}

#[test]
fn keys_whose_comparison_panics_leave_nothing_behind() {
    #[derive(Eq)]
    struct Panics;
    impl PartialEq for Panics {
        fn eq(&self, _: &Self) -> bool {
            resume_unwind(Box::new("in the comparison"))
        }
    }
    impl Hash for Panics {
        fn hash<H: Hasher>(&self, _: &mut H) {}
    }
    let instance = || {};
    let cached = LastGood::new();
    let inside = || cached.of(instance, Panics).share(|| Err::<Served<u32>, _>(()), nothing_shared);
    let outer = cached.of(instance, Panics).share(
        || {
            let panic = catch_unwind(AssertUnwindSafe(inside)).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&"in the comparison"));
            Err::<Served<u32>, _>(())
        },
        nothing_shared,
    );
    assert_eq!((outer, cached.flights.running().0), (Err(()), 0));
    assert_eq!(inside(), Err(()), "and the next one calls");
}

#[test]
fn a_call_that_nobody_waits_for_leaves_nothing_when_it_panics() {
    let cached = LastGood::new();
    let call = || -> Result<Served<u32>, ()> { resume_unwind(Box::new(())) };
    let panics = || cached.of(|| {}, 1).share(call, nothing_shared);
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(cached.flights.running().0, 0);
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn nor_when_it_is_dropped() {
    let cached = LastGood::new();
    let good = cached.of(|| {}, 1);
    let never = std::future::pending::<Result<Served<u32>, ()>>();
    let mut call = Box::pin(good.share_async(never, nothing_shared));
    assert!(
        std::future::poll_fn(|context| Poll::Ready(std::future::Future::poll(call.as_mut(), context)))
            .await
            .is_pending()
    );
    assert_eq!(cached.flights.running().0, 1);
    drop(call);
    assert_eq!(cached.flights.running().0, 0);
}
