//! Calls with equal keys that share one: how often the service is called, what those get who waited, and that
//! nobody waits for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use resilient::{Served, Tier, TimeoutError, deadline, fallback, retry};

use crate::support::{Events, Fault, paused};

mod waiting;

const CALLERS: usize = 100;
const SECOND: Duration = Duration::from_secs(1);

/// An error that can be copied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("down")]
struct Down;

/// Takes a second, and counts.
#[derive(Clone, Default)]
struct Slow {
    calls: Arc<AtomicUsize>,
}

impl Slow {
    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn call(&self) -> usize {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(SECOND).await;
        number
    }
}

#[fallback(cached(max_age = "1m", key = (tenant, id), single_flight))]
async fn price(slow: &Slow, tenant: &str, id: u32) -> Result<Served<usize>, Down> {
    assert!(!tenant.is_empty() || id > 0);
    Ok(slow.call().await.into())
}

#[test]
fn many_calls_at_once_with_one_key_are_one_call() {
    paused(async {
        let slow = Slow::default();
        let all = join_all((0..CALLERS).map(|_| price(&slow, "one key", 1))).await;
        assert!(all.iter().all(|price| *price == Ok(Served::from(0))), "and they get what it gave");
        assert_eq!(slow.calls(), 1);
        assert_eq!(*price(&slow, "one key", 1).await.unwrap(), 1, "the next one is a call of its own");
    });
}

#[test]
fn a_call_after_the_end_is_a_new_one_also_while_those_who_waited_are_yet_to_hear_of_it() {
    paused(async {
        let slow = Slow::default();
        let twice = async { [price(&slow, "twice", 1).await, price(&slow, "twice", 1).await] };
        let (twice, waited) = tokio::join!(twice, price(&slow, "twice", 1));
        assert_eq!((twice, waited), ([Ok(0.into()), Ok(1.into())], Ok(0.into())));
    });
}

#[test]
fn without_it_each_call_calls() {
    #[fallback(cached(max_age = "1m"))]
    async fn price(slow: &Slow) -> Result<Served<usize>, Down> {
        Ok(slow.call().await.into())
    }
    paused(async {
        let slow = Slow::default();
        let all = join_all((0..CALLERS).map(|_| price(&slow))).await;
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(slow.calls(), CALLERS);
    });
}

#[test]
fn other_keys_share_nothing() {
    paused(async {
        let slow = Slow::default();
        // Each test has keys of its own: what runs at the same time in another one would be shared.
        let keys = [("a:b", 1), ("a", 1), ("b", 1), ("", 1), ("a", 2), ("a:b", 2)];
        let all = join_all(keys.iter().map(|(tenant, id)| price(&slow, tenant, *id))).await;
        let mut numbers: Vec<usize> = all.into_iter().map(|price| price.unwrap().into_inner()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
    });
}

#[test]
fn when_the_one_who_calls_is_dropped_another_takes_over() {
    paused(async {
        let slow = Slow::default();
        let mut first = Box::pin(price(&slow, "dropped", 1));
        assert!(tokio::time::timeout(SECOND / 2, first.as_mut()).await.is_err());
        let others = join_all((0..CALLERS).map(|_| price(&slow, "dropped", 1)));
        let dropped = async {
            tokio::time::sleep(SECOND / 4).await;
            drop(first);
        };
        let (others, ()) = tokio::join!(others, dropped);
        assert_eq!(slow.calls(), 2, "the dropped one and one more");
        assert!(others.iter().all(|price| *price == Ok(Served::from(1))));
    });
}

#[test]
fn however_many_are_dropped_one_after_the_other_the_last_gets_its_value() {
    paused(async {
        let slow = Slow::default();
        // Each has less patience than what is left of it when its turn comes, but the last.
        let patience = (1..10).map(|caller| SECOND * caller / 3).chain([SECOND * 100]);
        let all = patience.map(|patience| tokio::time::timeout(patience, price(&slow, "patience", 1)));
        let all: Vec<_> = join_all(all).await;
        assert!(all.iter().take(9).all(Result::is_err));
        assert_eq!(all[9], Ok(Ok(9.into())));
        assert_eq!(slow.calls(), 10);
    });
}

#[test]
fn a_caller_who_goes_away_while_it_waits_changes_nothing_for_the_others() {
    paused(async {
        let slow = Slow::default();
        let impatient = tokio::time::timeout(SECOND / 2, price(&slow, "impatient", 1));
        let (first, impatient, other) =
            tokio::join!(price(&slow, "impatient", 1), impatient, price(&slow, "impatient", 1));
        assert!(impatient.is_err());
        assert_eq!((first, other, slow.calls()), (Ok(0.into()), Ok(0.into()), 1));
    });
}

#[fallback(cached(max_age = "1m", single_flight), default = 77)]
#[retry(max_attempts = 2, base_delay = "1s", on = any)]
async fn failing(slow: &Slow) -> Result<Served<usize>, Down> {
    slow.call().await;
    Err(Down)
}

#[test]
fn an_error_that_can_be_copied_is_shared_by_those_who_waited_and_by_nobody_later() {
    paused(async {
        let (events, _guard) = Events::collect();
        let slow = Slow::default();
        let all = join_all((0..CALLERS).map(|_| failing(&slow))).await;
        assert_eq!(slow.calls(), 2, "two attempts of one call");
        for served in all {
            let served = served.unwrap();
            assert_eq!((*served, served.degradation().unwrap().tier), (77, Tier::Default));
        }
        assert_eq!(events.named("degraded").len(), CALLERS, "each degrades for itself");
        failing(&slow).await.unwrap();
        assert_eq!(slow.calls(), 4);
    });
}

#[fallback(cached(max_age = "1m", single_flight), degraded = |_| Ok(Served::from(1)), when = |_| *degrade)]
async fn uncopyable(slow: &Slow, degrade: &bool) -> Result<Served<usize>, Fault> {
    slow.call().await;
    Err(Fault::connect())
}

#[test]
fn an_error_that_cannot_be_copied_makes_each_who_waited_call_for_itself_once() {
    paused(async {
        let slow = Slow::default();
        let began = tokio::time::Instant::now();
        let all = join_all((0..CALLERS).map(|_| uncopyable(&slow, &false))).await;
        assert!(all.iter().all(|out| matches!(out, Err(Fault::Connect(_)))));
        assert_eq!(slow.calls(), CALLERS);
        assert_eq!(began.elapsed(), SECOND * 2, "at once, not in a row");
        assert!(uncopyable(&slow, &true).await.unwrap().is_degraded());
    });
}

#[test]
fn an_error_that_came_under_a_limit_of_the_callers_own_is_not_for_the_others() {
    #[fallback(cached(max_age = "1m", single_flight))]
    #[retry(max_attempts = 3, base_delay = "5s", on = any)]
    async fn second_time(slow: &Slow) -> Result<Served<usize>, Down> {
        let number = slow.call().await;
        if number == 0 { Err(Down) } else { Ok(number.into()) }
    }
    #[deadline("3s")]
    async fn impatient(slow: &Slow) -> Result<Served<usize>, Limited> {
        Ok(second_time(slow).await?)
    }
    #[derive(Debug, thiserror::Error)]
    enum Limited {
        #[error(transparent)]
        Down(#[from] Down),
        #[error(transparent)]
        Timeout(#[from] TimeoutError),
    }
    paused(async {
        let slow = Slow::default();
        let (impatient, patient) = tokio::join!(impatient(&slow), second_time(&slow));
        assert!(matches!(impatient, Err(Limited::Down(_))), "no time is left for another attempt");
        assert_eq!(patient, Ok(1.into()));
    });
}

#[test]
fn a_call_for_itself_keeps_its_value_too() {
    #[fallback(cached(max_age = "1m", single_flight))]
    async fn second_time(slow: &Slow, lost: bool) -> Result<Served<usize>, Fault> {
        if lost {
            return Err(Fault::connect());
        }
        let number = slow.call().await;
        if number == 0 { Err(Fault::connect()) } else { Ok(number.into()) }
    }
    paused(async {
        let slow = Slow::default();
        let (first, second) = tokio::join!(second_time(&slow, false), second_time(&slow, false));
        assert!(first.is_err() && second.is_ok_and(|value| *value == 1));
        assert_eq!(*second_time(&slow, true).await.unwrap(), 1);
    });
}

#[test]
fn the_future_holds_the_call_once() {
    async fn plain(slow: &Slow) -> Result<Served<usize>, Down> {
        let large = [0_u8; 4096];
        let number = slow.call().await;
        Ok((number + usize::from(large[number])).into())
    }
    #[fallback(cached(max_age = "1m", single_flight))]
    async fn shared(slow: &Slow) -> Result<Served<usize>, Down> {
        plain(slow).await
    }
    #[fallback(degraded = async |_| plain(slow).await)]
    async fn with_a_tier(slow: &Slow) -> Result<Served<usize>, Down> {
        slow.call().await;
        Err(Down)
    }
    let slow = Slow::default();
    let sizes = [size_of_val(&plain(&slow)), size_of_val(&shared(&slow)), size_of_val(&with_a_tier(&slow))];
    // One call is held by the policies' own state, and the other by the body around it.
    assert!(sizes.iter().all(|size| *size < sizes[0] + 512), "{sizes:?}");
}

#[test]
fn a_degraded_value_is_shared_and_not_kept() {
    #[fallback(default = 3)]
    async fn inner(slow: &Slow, fails: bool) -> Result<Served<usize>, Down> {
        slow.call().await;
        if fails { Err(Down) } else { Ok(1.into()) }
    }
    #[fallback(cached(max_age = "1m", single_flight))]
    async fn outer(slow: &Slow, fails: bool, lost: bool) -> Result<Served<usize>, Down> {
        if lost { Err(Down) } else { inner(slow, fails).await }
    }
    paused(async {
        let slow = Slow::default();
        let (first, second) = tokio::join!(outer(&slow, true, false), outer(&slow, true, false));
        assert_eq!(slow.calls(), 1);
        for served in [first, second] {
            let served = served.unwrap();
            assert_eq!((*served, served.degradation().unwrap().tier), (3, Tier::Default));
        }
        assert_eq!(outer(&slow, false, true).await, Err(Down));
        assert_eq!(outer(&slow, false, false).await, Ok(1.into()));
        assert_eq!(outer(&slow, false, true).await.unwrap().degradation().unwrap().tier, Tier::Cached);
    });
}

#[test]
fn the_age_counts_from_the_end_of_the_one_call() {
    #[fallback(cached(max_age = "10s", single_flight))]
    async fn value(slow: &Slow, fails: bool) -> Result<Served<usize>, Down> {
        if fails { Err(Down) } else { Ok(slow.call().await.into()) }
    }
    paused(async {
        let slow = Slow::default();
        let all = join_all((0..3).map(|_| value(&slow, false))).await;
        assert!(all.iter().all(Result::is_ok));
        tokio::time::sleep(SECOND * 10).await;
        let stale = value(&slow, true).await.unwrap();
        assert_eq!(stale.degradation().unwrap().age, Some(SECOND * 10));
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(value(&slow, true).await, Err(Down));
    });
}

#[test]
fn it_can_be_sent_and_each_instance_of_a_generic_function_is_on_its_own() {
    #[fallback(cached(max_age = "1m", single_flight))]
    async fn of_type<T: Clone + Send + Sync + 'static>(value: T, slow: Slow) -> Result<Served<T>, Down> {
        slow.call().await;
        Ok(value.into())
    }
    paused(async {
        let slow = Slow::default();
        let numbers = [(); 2].map(|()| tokio::spawn(of_type(1_u8, slow.clone())));
        let text = tokio::spawn(of_type("text", slow.clone()));
        for number in numbers {
            assert_eq!(*number.await.unwrap().unwrap(), 1);
        }
        assert_eq!(*text.await.unwrap().unwrap(), "text");
        assert_eq!(slow.calls(), 2);
    });
}

#[test]
fn when_the_one_who_calls_panics_another_takes_over() {
    #[fallback(cached(max_age = "1m", single_flight))]
    async fn panics_once(slow: Slow) -> Result<Served<usize>, Down> {
        let number = slow.call().await;
        assert!(number > 0, "the first one panics");
        Ok(number.into())
    }
    paused(async {
        let slow = Slow::default();
        let all = join_all((0..CALLERS).map(|_| tokio::spawn(panics_once(slow.clone())))).await;
        assert_eq!(all.iter().filter(|out| out.is_err()).count(), 1);
        assert!(all.into_iter().flatten().all(|out| out == Ok(1.into())));
        assert_eq!(slow.calls(), 2);
    });
}
