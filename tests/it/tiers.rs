//! One tier of a fallback: how often it is taken, what may stand for it, and what is copied for it. The whole
//! ladder is in `ladder`.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use resilient::{Served, circuit_breaker, fallback, retry, timeout};

use crate::support::{Fault, Service, Step, paused, virtually};

/// The safe value of a function of this name under this stack.
macro_rules! counted {
    ($($name:ident: $(#[$policy:meta])*;)*) => {
        $(
            fn $name(service: &Service, taken: &AtomicUsize) -> Result<Served<u32>, Fault> {
                #[fallback(default = { taken.fetch_add(1, Ordering::SeqCst); 9 })]
                $(#[$policy])*
                fn call(service: Service, taken: &AtomicUsize) -> Result<Served<u32>, Fault> {
                    Ok(service.call()?.into())
                }
                call(service.clone(), taken)
            }
        )*
        const COUNTED: &[fn(&Service, &AtomicUsize) -> Result<Served<u32>, Fault>] = &[$($name),*];
    };
}

counted! {
    alone: ;
    with_breaker: #[circuit_breaker(failure_threshold = 1000)];
    with_retry: #[retry(max_attempts = 3, on = any, budget = 1.0)];
    with_breaker_and_retry: #[circuit_breaker(failure_threshold = 20)] #[retry(max_attempts = 2)];
    with_per_attempt: #[retry(max_attempts = 2)] #[circuit_breaker(failure_threshold = 20, per_attempt)];
}

#[test]
fn a_tier_is_taken_once_for_each_failed_call_and_for_no_other_whatever_stands_below() {
    virtually(|_| {
        for (number, call) in COUNTED.iter().enumerate() {
            let taken = AtomicUsize::new(0);
            let mut failed = 0;
            for step in (0..50).flat_map(|_| [Step::Answer(1), Step::Refuse, Step::Fail, Step::Answer(2)]) {
                let served = call(&Service::new(&[step], None), &taken).unwrap();
                assert_eq!(served.is_degraded(), *served == 9);
                failed += usize::from(served.is_degraded());
            }
            assert!(failed >= 100 && failed == taken.load(Ordering::SeqCst), "stack {number}: {failed}");
        }
    });
}

struct Mirrors<T>(T);

impl<T: Copy + Into<u32>> Mirrors<T> {
    fn mirror(error: Fault) -> Result<Served<u32>, Fault> {
        if let Fault::Refused(_) = error { Ok(5.into()) } else { Err(error) }
    }

    fn own(&self) -> Served<u32> {
        self.0.into().into()
    }

    #[fallback(degraded = (Self::mirror, generic::<Served<u32>>, |_| Ok(self.own())))]
    fn guarded(&self, error: Fault) -> Result<Served<u32>, Fault> {
        Err(error)
    }
}

fn generic<V>(error: Fault) -> Result<V, Fault> {
    Err(error)
}

#[test]
fn a_tier_may_be_any_path_to_a_function() {
    let mirrors = Mirrors(7_u8);
    assert_eq!(*mirrors.guarded(Fault::Refused("x".into())).unwrap(), 5);
    assert_eq!(*mirrors.guarded(Fault::connect()).unwrap(), 7);
}

/// Counts its copies.
struct Counted<'c>(&'c AtomicUsize);

impl Counted<'_> {
    fn last(self) -> usize {
        let Self(copies) = self;
        copies.load(Ordering::SeqCst)
    }
}

impl Clone for Counted<'_> {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::SeqCst);
        Self(self.0)
    }
}

#[test]
fn of_a_success_only_what_a_tier_names_is_copied() {
    #[fallback(default = named.last())]
    fn guarded(named: Counted<'_>, other: Counted<'_>, fails: bool) -> Result<Served<usize>, Fault> {
        let sum = named.last() + other.last();
        if fails { Err(Fault::connect()) } else { Ok(sum.into()) }
    }
    let [named, other] = [(); 2].map(|()| AtomicUsize::new(0));
    for (fails, copies) in [(false, 1), (true, 2)] {
        guarded(Counted(&named), Counted(&other), fails).unwrap();
        assert_eq!([&named, &other].map(|count| count.load(Ordering::SeqCst)), [copies, 0]);
    }
}

/// Tiers look at what the body has borrowed and changed.
#[async_trait]
trait Log {
    async fn by_value(&mut self, line: &str) -> Result<Served<usize>, Fault>;

    async fn by_tier(&mut self, line: &str) -> Result<Served<usize>, Fault>;

    fn lines(&self) -> usize;

    #[fallback(default = self.lines() + 100)]
    async fn by_default(&mut self) -> Result<Served<usize>, Fault>
    where
        Self: Sync,
    {
        self.by_value("inner").await?;
        Err(Fault::connect())
    }
}

#[async_trait]
impl Log for Vec<String> {
    #[fallback(default = self.len())]
    #[circuit_breaker(name = "tiers::log", failure_threshold = 100)]
    #[timeout("1s")]
    async fn by_value(&mut self, line: &str) -> Result<Served<usize>, Fault> {
        self.push(line.to_owned());
        Err(Fault::connect())
    }

    #[fallback(
        degraded = async |error| { self.push("tier".to_owned()); Err(error) },
        degraded = |_| Ok(self.iter().map(String::len).sum::<usize>().into())
    )]
    async fn by_tier(&mut self, line: &str) -> Result<Served<usize>, Fault> {
        self.push(line.to_owned());
        Err(Fault::connect())
    }

    fn lines(&self) -> usize {
        self.len()
    }
}

#[test]
fn tiers_of_methods_under_async_trait_may_name_a_self_that_is_borrowed_mutably() {
    paused(async {
        let mut log = Vec::new();
        assert_eq!(*log.by_value("body").await.unwrap(), 1);
        assert_eq!(*log.by_tier("body").await.unwrap(), 12);
        assert_eq!(log, ["body", "body", "tier"]);
        assert_eq!(*log.by_default().await.unwrap(), 104);
    });
}
