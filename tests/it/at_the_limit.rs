//! What is decided at the very moment of a limit: who wins, who is blamed where limits stand inside one another,
//! that each of many gets its own timeout, and that the caller goes on as it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient::testing::ClockHandle;
use resilient::{TimeoutError, deadline, remaining, timeout};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::support::{Events, Fault, paused, virtually};

const SECOND: Duration = Duration::from_secs(1);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// When the body's own timer is made: before the limit's or after.
async fn ends_at(end: Instant, later: bool, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    if later {
        tokio::task::yield_now().await;
    }
    sleep_until(end).await;
    outcome
}

#[timeout(secs = 2)]
async fn limited(end: Instant, later: bool, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    ends_at(end, later, outcome).await
}

#[deadline(secs = 2)]
async fn due(end: Instant, later: bool, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    ends_at(end, later, outcome).await
}

#[timeout(secs = 2)]
fn limited_blocking(clock: ClockHandle, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    clock.advance(SECOND * 2);
    outcome
}

#[deadline(secs = 2)]
fn due_blocking(clock: ClockHandle, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    clock.advance(SECOND * 2);
    outcome
}

#[test]
fn what_is_ready_at_the_limit_wins_each_time_also_when_it_is_an_error() {
    let outcome = |run: u32| if run % 2 == 0 { Ok(run) } else { Err(Fault::Refused(run.to_string())) };
    let check = |run: u32, seen: Result<u32, Fault>| match seen {
        Ok(value) => assert_eq!(value, run),
        Err(Fault::Refused(text)) => assert_eq!(text, run.to_string()),
        Err(other) => panic!("{run}: {other}"),
    };
    let (events, _guard) = Events::collect();
    for run in 0..1000 {
        let later = run % 4 < 2;
        check(run, paused(async { limited(Instant::now() + SECOND * 2, later, outcome(run)).await }));
        check(run, paused(async { due(Instant::now() + SECOND * 2, later, outcome(run)).await }));
        virtually(|clock| {
            check(run, limited_blocking(clock.handle(), outcome(run)));
            check(run, due_blocking(clock.handle(), outcome(run)));
        });
    }
    assert_eq!(events.names(), [] as [&str; 0]);
}

#[test]
fn a_hundred_thousand_calls_of_one_limit_end_together_each_by_its_own_timeout() {
    const CALLS: usize = 100_000;

    #[timeout(secs = 3)]
    async fn limited() -> Result<(), Fault> {
        std::future::pending().await
    }
    #[deadline(secs = 3)]
    async fn due() -> Result<(), Fault> {
        std::future::pending().await
    }
    async fn timeouts<F: Future<Output = Result<(), Fault>> + Send + 'static>(call: fn() -> F) -> usize {
        let calls: JoinSet<_> = (0..CALLS).map(|_| call()).collect();
        calls.join_all().await.iter().filter(|outcome| matches!(outcome, Err(Fault::Timeout(_)))).count()
    }
    paused(async {
        let started = Instant::now();
        assert_eq!(timeouts(limited).await, CALLS);
        assert_eq!(started.elapsed(), SECOND * 3);
        assert_eq!(timeouts(due).await, CALLS);
        assert_eq!(started.elapsed(), SECOND * 6);
    });
}

/// By chance the inner call comes back before the outer one is given up, or after.
#[test]
fn a_limit_for_which_several_threads_wait_is_told_once() {
    #[timeout(ms = 60)]
    fn inner() -> Result<(), Fault> {
        std::thread::sleep(Duration::from_millis(100));
        Ok(())
    }
    #[timeout(ms = 20)]
    fn outer() -> Result<(), Fault> {
        inner()
    }
    #[deadline(ms = 20)]
    fn due() -> Result<(), Fault> {
        inner()
    }
    /// Its body goes on, and has the error of the limit in its hands.
    #[timeout(ms = 20)]
    fn forgiving() -> Result<(), Fault> {
        inner().or(Ok(()))
    }
    for call in [outer as fn() -> Result<(), Fault>, due, forgiving] {
        let (events, _guard) = Events::collect();
        let outcome = call();
        std::thread::sleep(Duration::from_millis(40));
        let told: Vec<_> = events.named("timeout");
        assert_eq!(told.len(), 1, "{outcome:?}, {told:?}");
    }
}

/// Calls a function under one limit from a function under another; who is blamed, and who told of it.
macro_rules! nested {
    ($outer:ident around $inner:ident) => {{
        #[$inner(SECOND * within, operation = "inner")]
        async fn inner(within: u32) -> Result<(), Fault> {
            std::future::pending().await
        }
        #[$outer(SECOND * without, operation = "outer")]
        async fn outer(within: u32, without: u32) -> Result<(), Fault> {
            inner(within).await
        }
        #[$inner(SECOND * within, operation = "inner")]
        fn inner_blocking(within: u32, clock: ClockHandle) -> Result<(), Fault> {
            clock.advance(SECOND * 3 / 2);
            Ok(())
        }
        #[$outer(SECOND * without, operation = "outer")]
        fn outer_blocking(within: u32, without: u32, clock: ClockHandle) -> Result<(), Fault> {
            inner_blocking(within, clock)
        }
        for (within, without, blamed) in [(1, 2, "inner"), (2, 1, "outer")] {
            let awaited = || paused(async { outer(within, without).await });
            assert_eq!(blamed_and_told(awaited), (blamed.to_owned(), vec![blamed.to_owned()]));
            let blocking = || virtually(|clock| outer_blocking(within, without, clock.handle()));
            assert_eq!(blamed_and_told(blocking), (blamed.to_owned(), vec![blamed.to_owned()]));
        }
    }};
}

fn blamed_and_told(call: impl FnOnce() -> Result<(), Fault>) -> (String, Vec<String>) {
    let (events, _guard) = Events::collect();
    let Err(Fault::Timeout(TimeoutError { operation, limit: SECOND })) = call() else { panic!("no timeout") };
    let told = events.named("timeout").iter().map(|event| event.field("operation").to_owned()).collect();
    (operation.to_owned(), told)
}

#[test]
fn of_limits_inside_one_another_the_one_that_passed_is_named_and_the_other_is_silent() {
    nested!(timeout around timeout);
    nested!(timeout around deadline);
    nested!(deadline around timeout);
    nested!(deadline around deadline);
}

const ENDLESS: [Duration; 4] = [
    Duration::MAX,
    Duration::from_secs(u64::MAX),
    Duration::from_secs(u64::MAX / 10),
    Duration::from_secs(585 * 31_536_000),
];

#[test]
fn an_endless_limit_is_no_limit_and_no_panic() {
    #[deadline(limit)]
    #[timeout(limit)]
    async fn patient(limit: Duration) -> Result<(), Fault> {
        sleep(YEAR * 20).await;
        Ok(())
    }
    #[deadline(limit)]
    async fn due(limit: Duration) -> Result<(), Fault> {
        sleep(YEAR * 20).await;
        Ok(())
    }
    #[deadline(limit)]
    #[timeout(limit)]
    fn patient_blocking(limit: Duration, clock: ClockHandle) -> Result<(), Fault> {
        clock.advance(YEAR * 20);
        Ok(())
    }
    #[timeout(limit)]
    fn real(limit: Duration) -> Result<Option<Duration>, Fault> {
        std::thread::sleep(Duration::from_millis(1));
        Ok(remaining())
    }
    for limit in ENDLESS {
        assert!(paused(async { patient(limit).await }).is_ok(), "{limit:?}");
        assert!(paused(async { due(limit).await }).is_ok(), "{limit:?}");
        assert!(virtually(|clock| patient_blocking(limit, clock.handle())).is_ok(), "{limit:?}");
        assert!(real(limit).unwrap().unwrap() > YEAR * 20, "{limit:?}");
    }
}

tokio::task_local! {
    static REQUEST: u32;
}

thread_local! {
    static OWN: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

#[test]
fn after_a_timeout_the_caller_goes_on_as_itself() {
    #[timeout(ms = 50)]
    async fn hangs() -> Result<(), Fault> {
        std::future::pending().await
    }
    #[timeout(ms = 5)]
    fn hangs_blocking(released: Arc<AtomicU32>) -> Result<(), Fault> {
        while released.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        Ok(())
    }
    Events::keep_listening();
    let subscriber = tracing_subscriber::registry();
    let _guard = tracing::subscriber::set_default(subscriber);
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().start_paused(true).build().unwrap();

    let request = async {
        let span = tracing::info_span!("request");
        let me =
            || (tokio::task::id(), std::thread::current().id(), REQUEST.get(), tracing::Span::current().id());
        let call = async {
            let before = me();
            assert!(matches!(hangs().await, Err(Fault::Timeout(_))));
            assert_eq!((me(), remaining()), (before, None));
        };
        tracing::Instrument::instrument(call, span).await;
    };
    runtime.block_on(async { tokio::spawn(REQUEST.scope(7, request)).await }).unwrap();

    let _span = tracing::info_span!("request").entered();
    let me = || (std::thread::current().id(), OWN.get(), tracing::Span::current().id());
    OWN.set(7);
    let (before, released) = (me(), Arc::new(AtomicU32::new(0)));
    assert!(matches!(hangs_blocking(Arc::clone(&released)), Err(Fault::Timeout(_))));
    assert_eq!((me(), remaining()), (before, None));
    released.store(1, Ordering::SeqCst);
}
