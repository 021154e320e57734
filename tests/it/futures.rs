//! Functions that are async by other names: boxed and returned futures, methods under `#[async_trait]`,
//! native async methods of traits; and guarded futures that are sent to other threads.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use resilient::{CircuitOpenError, Retryable, Served, circuit_breaker, fallback, retry, timeout};

use crate::support::{Fault, paused};

/// Each attempt makes its future anew, side effects before it included.
#[retry(max_attempts = 3)]
fn boxed<'a>(
    seen: &'a AtomicU32,
    text: String,
) -> Pin<Box<dyn Future<Output = Result<String, Fault>> + Send + 'a>> {
    let attempt = seen.fetch_add(1, Ordering::SeqCst);
    Box::pin(async move { if attempt < 2 { Err(Fault::connect()) } else { Ok(text) } })
}

#[retry(max_attempts = 3)]
fn returned(seen: &AtomicU32, text: String) -> impl Future<Output = Result<String, Fault>> + Send {
    let attempt = seen.fetch_add(1, Ordering::SeqCst);
    async move { if attempt < 2 { Err(Fault::connect()) } else { Ok(text) } }
}

#[test]
fn functions_that_return_futures_are_retried_as_async_ones_are() {
    paused(async {
        let seen = AtomicU32::new(0);
        assert_eq!(boxed(&seen, "a".into()).await.unwrap(), "a");
        assert_eq!(returned(&AtomicU32::new(0), "b".into()).await.unwrap(), "b");
        assert_eq!(seen.load(Ordering::SeqCst), 3);
    });
}

#[async_trait]
trait Store {
    async fn get(&self, key: String) -> Result<String, Fault>;
    async fn put(&mut self, key: &str, value: String) -> Result<usize, Fault>;
    async fn close(self: Box<Self>) -> Result<u32, Fault>;

    #[retry(max_attempts = 2)]
    async fn provided(&self, key: String) -> Result<String, Fault> {
        match self.get(key).await {
            Ok(value) if value == "never" => Ok(value),
            _ => Err(Fault::connect()),
        }
    }
}

#[derive(Default, Clone)]
struct Memory {
    gets: Arc<AtomicU32>,
    puts: Vec<String>,
}

#[async_trait]
impl Store for Memory {
    #[circuit_breaker]
    #[retry(max_attempts = 3)]
    #[timeout(secs = 1)]
    async fn get(&self, key: String) -> Result<String, Fault> {
        match self.gets.fetch_add(1, Ordering::SeqCst) {
            0 => Err(Fault::connect()),
            1 => std::future::pending().await,
            _ => Ok(key),
        }
    }

    #[retry(max_attempts = 3)]
    async fn put(&mut self, key: &str, value: String) -> Result<usize, Fault> {
        self.puts.push(format!("{key}={value}"));
        if self.puts.len() < 3 {
            return Err(Fault::connect());
        }
        Ok(self.puts.len())
    }

    #[retry(max_attempts = 2)]
    async fn close(self: Box<Self>) -> Result<u32, Fault> {
        match self.gets.fetch_add(1, Ordering::SeqCst) {
            0 => Err(Fault::connect()),
            gets => Ok(gets),
        }
    }
}

#[test]
fn methods_under_async_trait_are_really_repeated() {
    paused(async {
        let mut memory = Memory::default();
        assert_eq!(memory.get("key".into()).await.unwrap(), "key");
        assert_eq!(memory.gets.load(Ordering::SeqCst), 3);
        assert_eq!(memory.put("a", "b".into()).await.unwrap(), 3);
        assert_eq!(memory.puts, ["a=b"; 3]);
        assert!(memory.provided("x".into()).await.is_err());
        assert_eq!(memory.gets.load(Ordering::SeqCst), 5);
        let closing: Box<dyn Store> = Box::new(Memory::default());
        assert_eq!(closing.close().await.unwrap(), 1);
    });
}

trait Native {
    fn ask(&self, n: u32) -> impl Future<Output = Result<u32, Fault>> + Send;
}

impl Native for Memory {
    #[retry(max_attempts = 3)]
    async fn ask(&self, n: u32) -> Result<u32, Fault> {
        if self.gets.fetch_add(1, Ordering::SeqCst) < 2 { Err(Fault::connect()) } else { Ok(n) }
    }
}

#[fallback(default = 0)]
#[circuit_breaker(name = "shapes::spawned")]
#[retry(max_attempts = 3)]
#[timeout(secs = 1)]
async fn spawned(memory: Memory, name: String) -> Result<Served<u32>, Fault> {
    Ok(memory.ask(u32::try_from(name.len()).unwrap_or(0)).await?.into())
}

#[test]
fn guarded_futures_can_be_spawned() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let answer = runtime.block_on(async {
        // Everything succeeds at once: nothing waits.
        let memory = Memory { gets: Arc::new(AtomicU32::new(5)), ..Memory::default() };
        tokio::spawn(spawned(memory, "four".into())).await.unwrap()
    });
    assert_eq!(*answer.unwrap(), 4);
}

#[test]
fn many_tasks_at_once_and_calls_inside_one_another_count_their_own_attempts() {
    type Seen = Arc<Mutex<Vec<(u32, u32)>>>;

    /// Fails until its third attempt, in which it calls itself.
    #[retry(max_attempts = 3, base_delay = "1ms")]
    fn call(depth: u32, seen: Seen) -> Pin<Box<dyn Future<Output = Result<u32, Fault>> + Send>> {
        Box::pin(async move {
            let attempt = {
                let mut seen = seen.lock().unwrap();
                let before = seen.iter().filter(|(of, _)| *of == depth).count();
                let attempt = u32::try_from(before).unwrap() + 1;
                seen.push((depth, attempt));
                attempt
            };
            tokio::task::yield_now().await;
            match (attempt, depth) {
                (1 | 2, _) => Err(Fault::connect()),
                (_, 0) => Ok(0),
                _ => Ok(call(depth - 1, seen).await? + 1),
            }
        })
    }

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    runtime.block_on(async {
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..32 {
            calls.spawn(async {
                let seen = Seen::default();
                assert_eq!(call(3, Arc::clone(&seen)).await.unwrap(), 3);
                let expected: Vec<_> =
                    (0..=3).rev().flat_map(|depth| [1, 2, 3].map(|n| (depth, n))).collect();
                assert_eq!(*seen.lock().unwrap(), expected);
            });
        }
        calls.join_all().await;
    });
}

/// As a `tower` service: it is called once for each time that it was made ready.
#[derive(Default)]
struct Probe {
    is_ready: bool,
    calls: u32,
}

impl Probe {
    async fn ready(&mut self) -> &mut Self {
        tokio::task::yield_now().await;
        self.is_ready = true;
        self
    }

    fn call(&mut self) -> Result<u32, Fault> {
        assert!(std::mem::take(&mut self.is_ready), "called before it was ready");
        self.calls += 1;
        if self.calls < 3 { Err(Fault::connect()) } else { Ok(self.calls) }
    }
}

#[test]
fn a_service_is_made_ready_before_each_attempt() {
    #[retry(max_attempts = 3)]
    async fn ask(probe: &mut Probe) -> Result<u32, Fault> {
        probe.ready().await.call()
    }
    paused(async {
        assert!(matches!(ask(&mut Probe::default()).await, Ok(3)));
        let mut probe = Probe::default();
        let asked = resilient::Retry::new().call_async(async || probe.ready().await.call()).await;
        assert!(matches!(asked, Ok(3)));
    });
}

/// Can neither be shown nor be taken for another error.
#[derive(Retryable)]
#[retryable(permanent)]
struct Mute;

/// Of none of these does the body alone say what its error is.
mod left_to_the_signature {
    use super::*;

    type AnyError = Box<dyn std::error::Error + Send + Sync>;

    #[retry]
    pub(super) fn nothing_said(text: &str) -> impl Future<Output = Result<usize, Mute>> + Send {
        let length = text.len();
        async move { Ok(length) }
    }

    #[retry(on = any, backoff = none, max_attempts = 2)]
    pub(super) fn any(calls: &AtomicU32) -> impl Future<Output = Result<u32, AnyError>> {
        let call = calls.fetch_add(1, Ordering::SeqCst);
        async move { Ok("x".repeat(2).parse::<u32>().map(|parsed| parsed + call)?) }
    }

    #[fallback(default = 7, on = std::num::ParseIntError)]
    #[circuit_breaker(name = "futures::left", on = std::num::ParseIntError, failure_threshold = 9)]
    #[retry(on = std::num::ParseIntError, backoff = none, max_attempts = 2)]
    pub(super) fn typed(
        calls: &AtomicU32,
        text: String,
    ) -> impl Future<Output = Result<Served<u32>, AnyError>> {
        calls.fetch_add(1, Ordering::SeqCst);
        async move { Ok(text.parse::<u32>()?.into()) }
    }

    #[retry(on = std::num::ParseIntError, backoff = none, max_attempts = 2)]
    pub(super) fn boxed<'a>(
        calls: &'a AtomicU32,
        text: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<u32, AnyError>> + 'a>> {
        let call = calls.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(text.parse::<u32>()? + call) })
    }

    impl From<CircuitOpenError> for Mute {
        fn from(_: CircuitOpenError) -> Self {
            Self
        }
    }
}

#[test]
fn the_error_type_of_a_returned_future_is_the_signatures() {
    use left_to_the_signature::{any, boxed, nothing_said, typed};

    let calls = AtomicU32::new(0);
    paused(async {
        assert!(nothing_said("four").await.is_ok_and(|length| length == 4));
        assert!(any(&calls).await.is_err());
        assert_eq!(*typed(&calls, "x".into()).await.unwrap(), 7);
        assert_eq!(*typed(&calls, "5".into()).await.unwrap(), 5);
        assert!(boxed(&calls, "x").await.is_err());
    });
    assert_eq!(calls.load(Ordering::SeqCst), 2 + 2 + 1 + 2);
}
