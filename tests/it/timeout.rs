//! `#[timeout]` from the outside, sync and async. How the timer and the workers behave is tested in
//! the runtime.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilient::{TimeoutError, circuit_breaker, deadline, remaining, retry, timeout};

use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::support::{Events, Fault, paused, virtually};

const LIMIT: Duration = Duration::from_millis(250);

struct Client {
    limit: Duration,
}

impl Client {
    #[timeout(self.limit)]
    async fn by_field(&self) -> Result<(), Fault> {
        std::future::pending().await
    }
}

/// The limit that a function under these settings reports.
macro_rules! limit {
    ($($settings:tt)*) => {{
        #[timeout($($settings)*)]
        async fn guarded() -> Result<(), Fault> {
            std::future::pending().await
        }
        paused(async {
            let started = tokio::time::Instant::now();
            let Err(Fault::Timeout(error)) = guarded().await else { panic!("no timeout") };
            assert_eq!(started.elapsed(), error.limit);
            error
        })
    }};
}

#[test]
fn a_limit_may_come_from_what_the_body_takes_away() {
    struct Work(Duration);

    #[deadline(work.0 * 2)]
    #[timeout(work.0)]
    async fn awaited(work: Work) -> Result<(), Fault> {
        let Work(limit) = work;
        tokio::time::sleep(limit * 3).await;
        Ok(())
    }

    #[deadline(work.0 * 2)]
    #[timeout(work.0)]
    fn blocking(work: Work) -> Result<(), Fault> {
        let Work(limit) = work;
        std::thread::sleep(limit * 3);
        Ok(())
    }

    let limit = Duration::from_millis(20);
    for out in [paused(async { awaited(Work(limit)).await }), blocking(Work(limit))] {
        let Err(Fault::Timeout(error)) = out else { panic!("no timeout: {out:?}") };
        assert_eq!(error.limit, limit);
    }
}

#[test]
fn a_body_that_timed_out_is_dropped_before_anybody_judges_its_error() {
    static HELD: Mutex<()> = Mutex::new(());

    #[retry(max_attempts = 2, when = |_| HELD.try_lock().is_ok())]
    #[timeout(secs = 1)]
    async fn holds() -> Result<(), Fault> {
        #![allow(clippy::await_holding_lock)]
        let _held = HELD.lock();
        std::future::pending().await
    }

    paused(async {
        let started = tokio::time::Instant::now();
        assert!(matches!(holds().await, Err(Fault::Timeout(_))));
        assert!(started.elapsed() > Duration::from_secs(2), "the predicate had the lock, and said yes");
    });
}

#[test]
fn the_limit_is_written_in_many_ways() {
    let millis = [
        limit!(secs = 2),
        limit!(secs = 0.5),
        limit!(ms = 500),
        limit!("1m 30s"),
        limit!(3),
        limit!(LIMIT),
        limit!(Duration::from_secs(4)),
    ]
    .map(|error| error.limit.as_millis());
    assert_eq!(millis, [2_000, 500, 500, 90_000, 3_000, 250, 4_000]);
    paused(async {
        let client = Client { limit: Duration::from_secs(9) };
        let Err(Fault::Timeout(error)) = client.by_field().await else { panic!("no timeout") };
        assert_eq!(error.limit, Duration::from_secs(9));
    });
}

#[test]
fn a_limit_of_each_attempts_own_is_asked_for_when_that_begins() {
    #[circuit_breaker(name = "timeout::own")]
    #[retry(max_attempts = 3, jitter = none)]
    #[timeout(asked.limit())]
    async fn call(asked: &Asked) -> Result<(), Fault> {
        std::future::pending().await
    }
    struct Asked(tokio::time::Instant, RefCell<Vec<u64>>);
    impl Asked {
        fn limit(&self) -> Duration {
            self.1.borrow_mut().push(self.0.elapsed().as_secs());
            Duration::from_secs(10)
        }
    }
    paused(async {
        let asked = Asked(tokio::time::Instant::now(), RefCell::default());
        assert!(call(&asked).await.is_err());
        assert_eq!(*asked.1.borrow(), [0, 10 + 1, 10 + 1 + 10 + 2]);
    });
}

#[test]
fn the_operation_is_named_in_error_and_event() {
    let (events, _guard) = Events::collect();
    assert_eq!(limit!(secs = 2, operation = "LLM classification").operation, "LLM classification");
    assert_eq!(limit!(2).operation, "guarded");
    let told = events.named("timeout");
    assert_eq!((told[0].field("operation"), told[0].field("limit_s")), ("LLM classification", "2.0"));
}

#[test]
fn a_zero_limit_at_run_time_polls_once() {
    paused(async {
        let outcome = Client { limit: Duration::ZERO }.by_field().await;
        assert!(matches!(outcome, Err(Fault::Timeout(TimeoutError { limit: Duration::ZERO, .. }))));
    });
}

#[test]
fn the_body_is_dropped_before_the_caller_goes_on() {
    struct Noticed<'n>(&'n AtomicU32);
    impl Drop for Noticed<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    #[timeout(1)]
    async fn holding(drops: &AtomicU32) -> Result<(), Fault> {
        let _noticed = Noticed(drops);
        std::future::pending().await
    }
    paused(async {
        let drops = AtomicU32::new(0);
        assert!(holding(&drops).await.is_err());
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_result_at_the_limit_wins() {
    #[timeout(2)]
    async fn just_in_time() -> Result<u32, Fault> {
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(1)
    }
    paused(async { assert!(matches!(just_in_time().await, Ok(1))) });
}

#[test]
fn a_sync_body_knows_what_remains_and_may_borrow_what_is_static() {
    #[timeout("10s")]
    fn knows(name: &'static str, seen: Arc<AtomicU32>) -> Result<(usize, bool), Fault> {
        seen.fetch_add(1, Ordering::SeqCst);
        Ok((name.len(), remaining().is_some_and(|left| left <= Duration::from_secs(10))))
    }
    assert_eq!(remaining(), None);
    let seen = Arc::default();
    assert!(matches!(knows("four", Arc::clone(&seen)), Ok((4, true))));
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[test]
fn a_sync_body_under_the_virtual_clock_takes_no_time() {
    #[timeout("1h")]
    fn takes(clock: resilient::testing::ClockHandle, hours: u64) -> Result<u64, Fault> {
        clock.advance(Duration::from_secs(hours * 3_600));
        Ok(hours)
    }
    virtually(|clock| {
        assert!(matches!(takes(clock.handle(), 1), Ok(1)), "a result at the limit wins");
        assert!(matches!(takes(clock.handle(), 2), Err(Fault::Timeout(_))));
    });
}

#[test]
fn a_panic_in_a_sync_body_reaches_the_caller() {
    #[timeout(5)]
    fn panics() -> Result<(), Fault> {
        std::panic::resume_unwind(Box::new("payload"))
    }
    let payload = std::panic::catch_unwind(panics).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"payload"));
}

/// Fails where another thread than its own, a worker, enters the caller's span.
struct Brittle(std::thread::ThreadId);

impl<S: tracing::Subscriber + for<'l> tracing_subscriber::registry::LookupSpan<'l>> Layer<S> for Brittle {
    fn on_enter(&self, _: &tracing::Id, _: Context<'_, S>) {
        if std::thread::current().id() != self.0 {
            std::panic::resume_unwind(Box::new("brittle"));
        }
    }
}

#[test]
fn a_subscriber_that_panics_costs_no_worker() {
    #[timeout(5)]
    fn in_a_span() -> Result<(), Fault> {
        Ok(())
    }
    let brittle = Brittle(std::thread::current().id());
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(brittle));
    let _span = tracing::info_span!("caller").entered();
    let payload = std::panic::catch_unwind(in_a_span).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"brittle"), "the caller hears of it at once");
}

#[test]
fn while_too_many_bodies_of_a_function_hang_its_further_calls_fail_at_once_and_say_why() {
    #[timeout(ms = 1, operation = "stuck")]
    fn hangs(released: Arc<AtomicBool>, runs: Arc<AtomicU32>) -> Result<(), Fault> {
        runs.fetch_add(1, Ordering::SeqCst);
        while !released.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
    #[timeout("1h")]
    fn unrelated() -> Result<u32, Fault> {
        Ok(7)
    }
    let (released, runs) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let call = || hangs(Arc::clone(&released), Arc::clone(&runs));
    let most = resilient::MAX_ABANDONED_WORKERS;
    (0..most).for_each(|_| assert!(call().is_err()));

    let (events, _guard) = Events::collect();
    assert!(matches!(call(), Err(Fault::Timeout(TimeoutError { operation: "stuck", .. }))));
    let told = events.all();
    assert_eq!((told[0].name.as_str(), told[0].field("abandoned")), ("timeout", most.to_string().as_str()));
    assert_eq!(told.len(), 1);
    assert!(matches!(unrelated(), Ok(7)), "others are not held back");

    released.store(true, Ordering::SeqCst);
    while Arc::strong_count(&runs) > 1 {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(runs.load(Ordering::SeqCst) as usize, most, "what was refused did not run");
    while call().is_err() {}
}

/// Real time is its subject: a thread that is blocked. Of what runs before the first wait only a deadline
/// knows how long it took.
#[test]
fn what_does_not_yield_is_told_with_how_long_it_overran() {
    const SHORT: Duration = Duration::from_millis(20);
    const BLOCKED: Duration = Duration::from_millis(80);

    /// Whether it waits before it blocks, and after.
    async fn blocks(before: bool, after: bool) -> Result<(), Fault> {
        if before {
            tokio::task::yield_now().await;
        }
        std::thread::sleep(BLOCKED);
        if after { std::future::pending().await } else { Ok(()) }
    }
    #[timeout(SHORT)]
    async fn limited(before: bool, after: bool) -> Result<(), Fault> {
        blocks(before, after).await
    }
    #[deadline(SHORT)]
    async fn due(before: bool, after: bool) -> Result<(), Fault> {
        blocks(before, after).await
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let told = |call: &dyn Fn() -> Result<(), Fault>, in_time: bool| {
        let (events, _guard) = Events::collect();
        assert_eq!(call().is_ok(), in_time, "a result wins, however late");
        events
            .named("late")
            .iter()
            .map(|late| {
                let (limit, overrun) = (late.field("limit_s"), late.field("overrun_s"));
                assert_eq!((late.field("operation").is_empty(), limit), (false, "0.02"));
                overrun.parse::<f64>().unwrap() >= 0.055
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&|| runtime.block_on(limited(true, false)), true), [true]);
    assert_eq!(told(&|| runtime.block_on(limited(true, true)), false), [true]);
    assert_eq!(told(&|| runtime.block_on(limited(false, false)), true), [] as [bool; 0], "not measured");
    assert_eq!(told(&|| runtime.block_on(due(true, false)), true), [true]);
    assert_eq!(told(&|| runtime.block_on(due(false, true)), false), [true]);
}

#[test]
fn a_limit_that_is_kept_or_ends_what_waits_is_not_told_as_late() {
    #[timeout(LIMIT)]
    async fn waits(seconds: u64) -> Result<(), Fault> {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        Ok(())
    }
    let (events, _guard) = Events::collect();
    assert!(paused(waits(0)).is_ok() && paused(waits(1)).is_err());
    assert_eq!(events.names(), ["timeout"]);
}
