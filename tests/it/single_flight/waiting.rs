//! Who waits, and that nobody waits for itself: functions that call themselves, and threads.

use resilient::timeout;

use super::*;
use crate::support::virtually;

/// Calls itself, and a sibling which calls it, all with one key.
#[fallback(cached(max_age = "1m", key = key, single_flight))]
async fn recursive(slow: &Slow, key: u32, depth: u32) -> Result<Served<usize>, Down> {
    if depth == 0 {
        return Ok(slow.call().await.into());
    }
    let inner = if depth % 2 == 0 {
        Box::pin(sibling(slow, key, depth - 1)).await
    } else {
        Box::pin(recursive(slow, key, depth - 1)).await
    };
    inner.map(|value| value.map(|value| value + 1))
}

#[fallback(cached(max_age = "1m", key = key, single_flight))]
async fn sibling(slow: &Slow, key: u32, depth: u32) -> Result<Served<usize>, Down> {
    Box::pin(recursive(slow, key, depth)).await
}

#[test]
fn functions_that_call_themselves_and_one_another_with_one_key_do_not_wait_for_themselves() {
    paused(async {
        let slow = Slow::default();
        assert_eq!(*recursive(&slow, 1, 5).await.unwrap(), 5);
        let slow = Slow::default();
        let all = join_all((0..20).map(|depth| async move {
            if depth % 2 == 0 { Ok(0.into()) } else { recursive(&Slow::default(), depth % 3, depth).await }
        }));
        let siblings = join_all((0..20).map(|depth| sibling(&slow, depth % 3, depth)));
        let both = tokio::time::timeout(SECOND * 60, async { tokio::join!(all, siblings) }).await;
        let (all, siblings) = both.unwrap();
        assert!(all.into_iter().chain(siblings).all(|out: Result<Served<usize>, Down>| out.is_ok()));
    });
}

/// Those who found the call of another.
static COMPARED: AtomicUsize = AtomicUsize::new(0);

/// Counts how often it is found.
#[derive(Clone, Eq)]
struct Watched(u32);

impl std::hash::Hash for Watched {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl PartialEq for Watched {
    fn eq(&self, other: &Self) -> bool {
        COMPARED.fetch_add(1, Ordering::SeqCst);
        self.0 == other.0
    }
}

/// The first call blocks its thread until all others have found it.
#[fallback(cached(max_age = "1m", key = Watched(key), single_flight))]
#[retry(max_attempts = 1)]
fn blocking(calls: &AtomicUsize, key: u32, panics: bool) -> Result<Served<usize>, Fault> {
    let number = calls.fetch_add(1, Ordering::SeqCst);
    while number == 0 && COMPARED.load(Ordering::SeqCst) < CALLERS - 1 {
        std::thread::yield_now();
    }
    assert!(!(panics && number == 0), "the first one panics");
    Ok(number.into())
}

#[test]
fn threads_share_a_call_too_and_take_over_from_one_that_panics() {
    for (key, panics) in [(1, false), (2, true)] {
        COMPARED.store(0, Ordering::SeqCst);
        let calls = AtomicUsize::new(0);
        let outs: Vec<_> = std::thread::scope(|scope| {
            let call = || blocking(&calls, key, panics);
            let threads: Vec<_> = (0..CALLERS).map(|_| scope.spawn(call)).collect();
            threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        let all = 1 + usize::from(panics);
        assert_eq!(calls.load(Ordering::SeqCst), all);
        assert_eq!(outs.iter().filter(|out| out.is_err()).count(), all - 1, "panics");
        assert!(outs.into_iter().flatten().all(|out| *out.unwrap() == all - 1));
    }
}

#[fallback(cached(max_age = "1m", single_flight))]
#[timeout("5s")]
fn inside_itself(depth: u32) -> Result<Served<u32>, Fault> {
    if depth == 0 { Ok(0.into()) } else { Ok(inside_itself(depth - 1)?.map(|depth| depth + 1)) }
}

#[test]
fn a_sync_function_that_calls_itself_does_not_wait_for_itself_on_a_worker_either() {
    virtually(|_| assert_eq!(*inside_itself(3).unwrap(), 3));
}
