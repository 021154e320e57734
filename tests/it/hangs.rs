//! What hangs, in the body or between two attempts, under a limit outside of the retry or inside: by which
//! time the call is over, what it comes to, and that nothing of it goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient::testing::ClockHandle;
use resilient::{TimeoutError, deadline, is_cancelled, retry, timeout};

use crate::support::{Events, Fault, paused, virtually};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
/// The limits here are ten seconds, the delays an hour.
const LIMIT: Duration = Duration::from_secs(10);

/// What a body does: it counts itself, and notes when it is over, however it ends.
#[derive(Clone)]
struct Body(Arc<Counts>);

struct Counts {
    hangs: bool,
    begun: AtomicU32,
    ended: AtomicU32,
    /// By which sync bodies hang.
    clock: Option<ClockHandle>,
}

struct Running(Body);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.ended.fetch_add(1, Ordering::SeqCst);
    }
}

impl Body {
    fn new(hangs: bool, clock: Option<ClockHandle>) -> Self {
        let [begun, ended] = [(); 2].map(|()| AtomicU32::new(0));
        Self(Arc::new(Counts { hangs, begun, ended, clock }))
    }

    /// How many have begun; all of them are over.
    fn runs(&self) -> u32 {
        let [begun, ended] = [&self.0.begun, &self.0.ended].map(|count| count.load(Ordering::SeqCst));
        assert_eq!(begun, ended, "some are still running");
        begun
    }

    fn begin(&self) -> Running {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        Running(self.clone())
    }

    async fn run(&self) -> Result<(), Fault> {
        let _running = self.begin();
        tokio::task::yield_now().await;
        if self.0.hangs { std::future::pending().await } else { Err(Fault::connect()) }
    }

    /// Nobody can interrupt a thread: where it hangs, it goes on until nobody waits for it.
    fn run_blocking(&self) -> Result<(), Fault> {
        let _running = self.begin();
        let clock = self.0.clock.as_ref().expect("a clock to hang by");
        while self.0.hangs && !is_cancelled() {
            clock.advance(SECOND);
        }
        clock.advance(Duration::from_nanos(u64::from(self.0.hangs)));
        Err(Fault::connect())
    }
}

#[retry(base_delay = HOUR, max_delay = HOUR, jitter = none)]
fn retried(body: &Body) -> Result<(), Fault> {
    body.run_blocking()
}

#[retry(base_delay = HOUR, max_delay = HOUR, jitter = none)]
async fn retried_async(body: &Body) -> Result<(), Fault> {
    body.run().await
}

#[timeout(LIMIT)]
fn limit_outside(body: Body) -> Result<(), Fault> {
    retried(&body)
}

#[timeout(LIMIT)]
async fn limit_outside_async(body: Body) -> Result<(), Fault> {
    retried_async(&body).await
}

#[deadline(LIMIT)]
#[retry(base_delay = HOUR, max_delay = HOUR, jitter = none)]
fn deadline_outside(body: Body) -> Result<(), Fault> {
    body.run_blocking()
}

#[deadline(LIMIT)]
#[retry(base_delay = HOUR, max_delay = HOUR, jitter = none)]
async fn deadline_outside_async(body: Body) -> Result<(), Fault> {
    body.run().await
}

#[retry(base_delay = HOUR, max_delay = HOUR, jitter = none)]
#[timeout(LIMIT)]
fn limit_inside(body: Body) -> Result<(), Fault> {
    body.run_blocking()
}

#[retry(base_delay = HOUR, max_delay = HOUR, jitter = none)]
#[timeout(LIMIT)]
async fn limit_inside_async(body: Body) -> Result<(), Fault> {
    body.run().await
}

/// What a call came to: the error, after how long, and how often the body had run. Whatever is running then
/// is over, and nothing follows.
#[derive(Debug, PartialEq)]
struct Over {
    timed_out: bool,
    after: Duration,
    runs: u32,
}

fn over(outcome: Result<(), Fault>, after: Duration, runs: u32) -> Over {
    let timed_out = match outcome {
        Err(Fault::Timeout(TimeoutError { limit: LIMIT, .. })) => true,
        Err(Fault::Connect(_)) => false,
        other => panic!("{other:?}"),
    };
    Over { timed_out, after, runs }
}

fn awaited(hangs: bool, call: impl AsyncFn(Body) -> Result<(), Fault>) -> Over {
    paused(async {
        let (body, started) = (Body::new(hangs, None), tokio::time::Instant::now());
        let outcome = call(body.clone()).await;
        let seen = over(outcome, started.elapsed(), body.runs());
        tokio::time::sleep(HOUR * 10).await;
        assert_eq!(body.runs(), seen.runs, "it goes on");
        assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
        seen
    })
}

fn blocking(hangs: bool, call: impl Fn(Body) -> Result<(), Fault>) -> Over {
    virtually(|clock| {
        let body = Body::new(hangs, Some(clock.handle()));
        let outcome = call(body.clone());
        over(outcome, clock.elapsed(), body.runs())
    })
}

/// A thread that hangs is a moment late: a result at the limit itself would win.
fn late(times: u32) -> Duration {
    Duration::from_nanos(1) * times
}

#[test]
fn a_limit_outside_ends_a_body_that_hangs() {
    for over in [awaited(true, limit_outside_async), awaited(true, deadline_outside_async)] {
        assert_eq!(over, Over { timed_out: true, after: LIMIT, runs: 1 });
    }
    for over in [blocking(true, limit_outside), blocking(true, deadline_outside)] {
        assert_eq!(over, Over { timed_out: true, after: LIMIT + late(1), runs: 1 });
    }
}

#[test]
fn a_limit_outside_ends_a_delay_or_keeps_it_from_beginning() {
    // What a timeout bounds does not know of it, so the delay has begun.
    assert_eq!(awaited(false, limit_outside_async), Over { timed_out: true, after: LIMIT, runs: 1 });
    // Elsewhere the retry sees how long its caller waits, and gives the last error back at once.
    for over in [
        awaited(false, deadline_outside_async),
        blocking(false, limit_outside),
        blocking(false, deadline_outside),
    ] {
        assert_eq!(over, Over { timed_out: false, after: Duration::ZERO, runs: 1 });
    }
}

#[test]
fn a_limit_inside_ends_each_attempt_and_no_delay() {
    let hung = awaited(true, limit_inside_async);
    assert_eq!(hung, Over { timed_out: true, after: LIMIT * 3 + HOUR * 2, runs: 3 });
    let hung = blocking(true, limit_inside);
    assert_eq!(hung, Over { timed_out: true, after: LIMIT * 3 + late(3) + HOUR * 2, runs: 3 });
    for over in [awaited(false, limit_inside_async), blocking(false, limit_inside)] {
        assert_eq!(over, Over { timed_out: false, after: HOUR * 2, runs: 3 });
    }
}

#[test]
fn a_limit_around_a_value_ends_its_call_in_the_same_way() {
    let retry = &resilient::Retry::new().base_delay(HOUR).max_delay(HOUR);
    let bounded = async |body: Body| {
        let call = resilient::timeout(LIMIT, "value", retry.call_async(async || body.run().await));
        call.await.map_err(Fault::from).and_then(|within| within)
    };
    for hangs in [true, false] {
        assert_eq!(awaited(hangs, bounded), Over { timed_out: true, after: LIMIT, runs: 1 });
    }
}

#[test]
fn a_call_that_is_cancelled_in_its_delay_is_over_at_once() {
    paused(async {
        for cancelled_at in [Duration::ZERO, SECOND, SECOND * 3599] {
            let (body, started) = (Body::new(false, None), tokio::time::Instant::now());
            let (cancel, cancelled) = tokio::sync::oneshot::channel();
            let shutdown = tokio::spawn(async move {
                tokio::time::sleep(cancelled_at).await;
                cancel.send(())
            });
            tokio::select! {
                outcome = retried_async(&body) => panic!("{outcome:?}"),
                asked = cancelled => asked.unwrap(),
            }
            assert_eq!(started.elapsed(), cancelled_at);
            shutdown.await.unwrap().unwrap();
            tokio::time::sleep(HOUR * 10).await;
            assert_eq!(body.runs(), 1);
        }
    });
}

/// Real time is its subject: nobody can interrupt the thread on which it runs.
#[test]
fn a_retry_that_was_given_up_begins_no_further_attempt() {
    #[timeout(ms = 20)]
    fn gives_up(runs: Arc<AtomicU32>) -> Result<(), Fault> {
        keeps_failing(&runs)
    }
    #[retry(max_attempts = 100, backoff = none)]
    fn keeps_failing(runs: &AtomicU32) -> Result<(), Fault> {
        runs.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(40));
        Err(Fault::connect())
    }
    let runs = Arc::new(AtomicU32::new(0));
    assert!(matches!(gives_up(Arc::clone(&runs)), Err(Fault::Timeout(_))));
    while Arc::strong_count(&runs) > 1 {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

/// The time of an attempt that timed out does not count against the next.
#[test]
fn an_attempt_after_one_that_timed_out_has_the_whole_limit() {
    #[retry(max_attempts = 2, base_delay = "1s", jitter = none)]
    #[timeout(LIMIT)]
    async fn slow_then_less_slow(runs: &AtomicU32) -> Result<u32, Fault> {
        let run = runs.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(if run == 0 { HOUR } else { LIMIT * 9 / 10 }).await;
        Ok(run)
    }

    #[retry(max_attempts = 2, base_delay = "1s", jitter = none)]
    #[timeout(LIMIT)]
    fn slow_then_less_slow_blocking(clock: ClockHandle, runs: Arc<AtomicU32>) -> Result<u32, Fault> {
        let run = runs.fetch_add(1, Ordering::SeqCst);
        clock.advance(if run == 0 { HOUR } else { LIMIT * 9 / 10 });
        Ok(run)
    }

    paused(async {
        let (events, _guard) = Events::collect();
        let started = tokio::time::Instant::now();
        assert_eq!(slow_then_less_slow(&AtomicU32::new(0)).await.unwrap(), 1);
        assert_eq!(started.elapsed(), LIMIT + SECOND + LIMIT * 9 / 10);
        assert_eq!(events.names(), ["timeout", "retry"]);
    });
    virtually(|clock| {
        let (events, _guard) = Events::collect();
        assert_eq!(slow_then_less_slow_blocking(clock.handle(), Arc::default()).unwrap(), 1);
        assert_eq!(clock.elapsed(), HOUR + SECOND + LIMIT * 9 / 10);
        assert_eq!(events.names(), ["timeout", "retry"]);
    });
}

#[test]
fn what_a_body_spawned_ends_with_it_where_it_is_held_and_goes_on_where_it_is_not() {
    /// Works on for half an hour.
    async fn child(writes: Arc<AtomicU32>) {
        tokio::time::sleep(HOUR / 2).await;
        writes.fetch_add(1, Ordering::SeqCst);
    }
    #[timeout(LIMIT)]
    async fn holds(writes: &Arc<AtomicU32>) -> Result<(), Fault> {
        let mut children = tokio::task::JoinSet::new();
        children.spawn(child(Arc::clone(writes)));
        let _ended = children.join_next().await;
        Ok(())
    }
    #[timeout(LIMIT)]
    async fn lets_go(writes: &Arc<AtomicU32>) -> Result<(), Fault> {
        let _ended = tokio::spawn(child(Arc::clone(writes))).await;
        Ok(())
    }
    paused(async {
        let writes = Arc::default();
        assert!(holds(&writes).await.is_err());
        tokio::time::sleep(HOUR).await;
        assert_eq!(writes.load(Ordering::SeqCst), 0);
        assert!(lets_go(&writes).await.is_err());
        tokio::time::sleep(HOUR).await;
        assert_eq!(writes.load(Ordering::SeqCst), 1);
    });
}
