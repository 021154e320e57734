//! A call that succeeds at its first attempt allocates nothing, and one that ends before its limit leaves
//! nothing behind. A binary of its own: it brings its own allocator.
#![allow(missing_docs, clippy::unwrap_used, clippy::trivially_copy_pass_by_ref)]

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use resilient::{
    CircuitOpenError, RetryConfig, Retryable, Served, TimeoutError, circuit_breaker, deadline, decorator,
    fallback, retry, timeout,
};

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum Fault {
    #[error("lost")]
    Lost,
    #[error(transparent)]
    Timeout(#[from] TimeoutError),
    #[error(transparent)]
    CircuitOpen(#[from] CircuitOpenError),
}

fn allocations(run: impl FnOnce()) -> u64 {
    allocation_counter::measure(run).count_total
}

/// Waits once, as a call over a network does.
async fn yielding() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Polls to the end without a runtime, which would allocate.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

#[fallback(default = 0)]
#[circuit_breaker(name = "allocations::blocking")]
#[retry]
fn blocking(input: &u32) -> Result<Served<u32>, Fault> {
    if *input == 0 { Err(Fault::Lost) } else { Ok((*input).into()) }
}

#[fallback(default = 0)]
#[circuit_breaker(name = "allocations::ready")]
#[retry]
#[timeout(secs = 120)]
async fn ready(input: &u32) -> Result<Served<u32>, Fault> {
    if *input == 0 { Err(Fault::Lost) } else { Ok((*input).into()) }
}

#[fallback(default = 0)]
#[circuit_breaker(name = "allocations::waiting")]
#[retry]
async fn waiting(input: &u32) -> Result<Served<u32>, Fault> {
    yielding().await;
    if *input == 0 { Err(Fault::Lost) } else { Ok((*input).into()) }
}

#[circuit_breaker(name = "allocations::keyed", key = host)]
fn keyed(host: &str) -> Result<usize, Fault> {
    if host.is_empty() { Err(Fault::Lost) } else { Ok(host.len()) }
}

#[circuit_breaker(name = "allocations::keyed_ready", key = (host.len(), port))]
async fn keyed_ready(host: &str, port: u16) -> Result<usize, Fault> {
    keyed(host)?;
    Ok(usize::from(port))
}

#[circuit_breaker(name = "allocations::time", failure_rate = 0.9, window = "10s")]
fn in_a_window_of_time(input: &u32) -> Result<u32, Fault> {
    if *input == 0 { Err(Fault::Lost) } else { Ok(*input) }
}

#[circuit_breaker(name = "allocations::row", failure_threshold = 4)]
fn in_a_row(input: &u32) -> Result<u32, Fault> {
    if *input == 0 { Err(Fault::Lost) } else { Ok(*input) }
}

#[retry]
#[timeout(secs = 120)]
async fn timed(input: &u32) -> Result<u32, Fault> {
    yielding().await;
    Ok(*input)
}

#[timeout(secs = 120)]
fn elsewhere(input: u32) -> Result<u32, Fault> {
    if input == 0 { Err(Fault::Lost) } else { Ok(input) }
}

#[timeout(secs = 120)]
fn elsewhere_too(input: [u64; 16]) -> Result<[u64; 16], Fault> {
    Ok(input)
}

/// Of the caller, that is. What workers allocate is counted where all threads are: in `benches/calls`.
#[test]
fn a_sync_timeout_allocates_for_the_first_call_of_a_function_alone() {
    let calls = |times: u32| {
        for n in 0..times {
            assert!(matches!(elsewhere(black_box(n)), Ok(0..) | Err(Fault::Lost)));
            assert!(elsewhere_too(black_box([n.into(); 16])).is_ok());
        }
    };
    assert!(allocations(|| calls(1)) > 0);
    assert_eq!(allocations(|| calls(100)), 0);
}

#[decorator(Guarded)]
trait Ask {
    #[retry]
    fn blocking(&self, input: [u32; 4]) -> Result<u32, Fault>;
    #[retry]
    #[timeout(secs = 120)]
    async fn ready(&self, input: [u32; 4]) -> Result<u32, Fault>;
}

struct First;

impl Ask for First {
    fn blocking(&self, input: [u32; 4]) -> Result<u32, Fault> {
        Ok(input[0])
    }

    async fn ready(&self, input: [u32; 4]) -> Result<u32, Fault> {
        Ok(input[0])
    }
}

#[test]
fn success_at_the_first_attempt_allocates_nothing() {
    // The first call of all registers the breaker under its name.
    let _ = (blocking(&1), finish(ready(&1)), finish(waiting(&1)));

    assert_eq!(allocations(|| drop(black_box(blocking(black_box(&1))))), 0, "sync");
    assert_eq!(allocations(|| drop(black_box(finish(ready(black_box(&1)))))), 0, "async, ready at once");
    assert_eq!(allocations(|| drop(black_box(finish(waiting(black_box(&1)))))), 0, "async, waiting");

    let _ = finish(keyed_ready("host", 1));
    assert_eq!(allocations(|| drop(black_box(keyed(black_box("host"))))), 0, "by key");
    assert_eq!(allocations(|| drop(black_box(finish(keyed_ready(black_box("host"), 1))))), 0, "by two keys");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _entered = runtime.enter();
    assert_eq!(allocations(|| drop(black_box(finish(timed(black_box(&1)))))), 0, "async, with a timer armed");

    for guarded in [Guarded::new(First), Guarded::with_config(First, RetryConfig::default())] {
        assert_eq!(
            allocations(|| drop(black_box(guarded.blocking(black_box([1; 4]))))),
            0,
            "decorated, sync"
        );
        assert_eq!(allocations(|| drop(black_box(finish(guarded.ready([1; 4]))))), 0, "decorated, async");
    }

    // The counter counts: a fallback's value describes the error that caused it.
    assert!(allocations(|| drop(black_box(blocking_failure()))) > 0);
}

#[timeout("1h")]
async fn limited(input: &u32) -> Result<u32, Fault> {
    yielding().await;
    if *input == 0 { Err(Fault::Lost) } else { Ok(*input) }
}

#[deadline("1h")]
async fn due(input: &u32) -> Result<u32, Fault> {
    yielding().await;
    if *input == 0 { Err(Fault::Lost) } else { Ok(*input) }
}

/// A timer that is left behind would hold on to it.
struct Quiet;

impl Wake for Quiet {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_million_calls_that_end_before_their_limit_leave_no_timer_and_no_memory() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _entered = runtime.enter();
    let quiet = Arc::new(Quiet);
    let waker = Waker::from(Arc::clone(&quiet));
    let wakers = Arc::strong_count(&quiet);
    let mut context = Context::from_waker(&waker);
    {
        let mut waiting = pin!(limited(&1));
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        assert_eq!(Arc::strong_count(&quiet), wakers + 1, "its timer is armed");
    }
    let mut end = |call: &mut dyn FnMut(&u32, &mut Context<'_>) -> bool| {
        let used = allocation_counter::measure(|| {
            for run in 0..500_000 {
                let input = run % 2;
                assert_eq!(call(&input, &mut context), input == 1);
                assert_eq!(Arc::strong_count(&quiet), wakers, "run {run}");
            }
        });
        assert_eq!((used.count_total, used.bytes_current), (0, 0));
    };
    end(&mut |input, context| polled_twice(limited(input), context).is_ok());
    end(&mut |input, context| polled_twice(due(input), context).is_ok());
    // All of them under one and the same deadline.
    let outer = pin!(resilient::deadline(std::time::Duration::from_secs(3600), "outer", async {
        end(&mut |input, context| polled_twice(limited(input), context).is_ok());
    }));
    assert!(outer.poll(&mut Context::from_waker(Waker::noop())).is_ready());
}

/// It waits once; meanwhile its timer is armed.
fn polled_twice<F: Future>(future: F, context: &mut Context<'_>) -> F::Output {
    let mut future = pin!(future);
    assert!(future.as_mut().poll(context).is_pending());
    let Poll::Ready(output) = future.poll(context) else { unreachable!("it waits once") };
    output
}

#[test]
fn what_a_breaker_counts_and_refuses_allocates_nothing() {
    // The first success of a thread makes its place in a window of time.
    let _ = (in_a_window_of_time(&1), in_a_row(&1));
    for (input, what) in [(1, "a success apart"), (0, "a failure"), (1, "a success beside it")] {
        assert_eq!(allocations(|| drop(black_box(in_a_window_of_time(black_box(&input))))), 0, "{what}");
    }
    for failure in 1..=4 {
        assert_eq!(allocations(|| drop(black_box(in_a_row(black_box(&0))))), 0, "failure {failure}");
    }
    let refused =
        || (0..1000).for_each(|_| assert!(matches!(in_a_row(black_box(&1)), Err(Fault::CircuitOpen(_)))));
    assert_eq!(allocations(refused), 0, "refused");
}

fn blocking_failure() -> Result<Served<u32>, Fault> {
    let _clock = resilient::testing::VirtualClock::install();
    blocking(&0)
}

#[cfg(feature = "stream")]
mod streams {
    use futures_util::stream::{BoxStream, Stream, StreamExt as _, unfold};

    use super::{Fault, allocations, circuit_breaker, finish, pin, retry, timeout, yielding};
    use std::task::{Context, Poll, Waker};

    type Items = BoxStream<'static, Result<u32, Fault>>;

    /// So many items, and a wait before each if it says so.
    fn items(waits: bool) -> impl Stream<Item = Result<u32, Fault>> + Send + 'static {
        unfold(0, move |item| async move {
            if waits {
                yielding().await;
            }
            (item < 1_000).then_some((Ok(item), item + 1))
        })
    }

    #[timeout(secs = 60, idle = "10s")]
    async fn idle(waits: bool) -> Result<Items, Fault> {
        Ok(items(waits).boxed())
    }

    #[circuit_breaker(name = "allocations::stream", until_end)]
    #[retry(until_first_item)]
    #[timeout(secs = 60, idle = "10s")]
    async fn all(waits: bool) -> Result<Items, Fault> {
        Ok(items(waits).boxed())
    }

    #[timeout(idle = "10s")]
    async fn opaque(waits: bool) -> Result<impl Stream<Item = Result<u32, Fault>> + use<>, Fault> {
        Ok(items(waits))
    }

    /// Without a runtime: what asks for a timer panics.
    fn read(items: impl Stream<Item = Result<u32, Fault>>) -> usize {
        let mut items = pin!(items);
        let mut context = Context::from_waker(Waker::noop());
        let mut count = 0;
        loop {
            match items.as_mut().poll_next(&mut context) {
                Poll::Ready(Some(item)) => count += usize::from(item.is_ok()),
                Poll::Ready(None) => return count,
                Poll::Pending => {}
            }
        }
    }

    #[test]
    fn a_stream_allocates_its_box_and_no_item_anything() {
        // The first call of all registers the breaker under its name.
        assert_eq!(read(finish(all(false)).unwrap()), 1_000);
        let boxed = |waits| assert_eq!(read(finish(idle(waits)).unwrap()), 1_000);
        assert_eq!(allocations(|| boxed(false)), 1 + 1, "the function's own box, and that of the limit");
        assert_eq!(allocations(|| assert_eq!(read(finish(opaque(false)).unwrap()), 1_000)), 0);
        let guarded = |waits| assert_eq!(read(finish(all(waits)).unwrap()), 1_000);
        assert_eq!(
            allocations(|| guarded(false)),
            1 + 2,
            "one for an attempt's layers, one for the breaker's"
        );

        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _entered = runtime.enter();
        assert_eq!(allocations(|| boxed(true)), 1 + 1 + 1, "one timer for all waits");
        assert_eq!(allocations(|| guarded(true)), 1 + 2 + 1);
    }
}
