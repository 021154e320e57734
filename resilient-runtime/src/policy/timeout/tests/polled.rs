//! The limit on a future: when its timer is made, who wins at the limit, and what is dropped when.
//! Nothing here blocks a thread for longer than tens of milliseconds.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::TimeoutError;
use crate::policy::timeout::timeout;

const SECOND: Duration = Duration::from_secs(1);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// What passes for "never" in a test: longer than any program runs.
const ENDLESS: [Duration; 4] = [
    Duration::MAX,
    Duration::from_secs(u64::MAX),
    Duration::from_secs(u64::MAX / 10),
    Duration::from_secs(585 * 31_536_000),
];

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// There is no runtime around this test: a timer would panic.
#[test]
fn a_future_that_is_ready_at_its_first_poll_makes_no_timer_and_needs_no_runtime() {
    for limit in [Duration::ZERO, SECOND, Duration::MAX] {
        let mut bounded = pin!(timeout(limit, "op", ready(7)));
        assert_eq!(poll_once(bounded.as_mut()), Poll::Ready(Ok(7)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_counts_from_the_first_wait() {
    let bounded = timeout(SECOND, "op", pending::<()>());
    sleep(SECOND * 10).await;
    let start = Instant::now();
    bounded.await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_future_that_takes_too_long_is_an_error_at_the_limit() {
    let start = Instant::now();
    let outcome = timeout(SECOND * 2, "lookup", pending::<()>()).await;
    assert_eq!(outcome, Err(TimeoutError { operation: "lookup", limit: SECOND * 2 }));
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_in_time_is_not_touched() {
    let start = Instant::now();
    let slow = async {
        sleep(SECOND).await;
        sleep(SECOND).await;
        "done"
    };
    assert_eq!(timeout(SECOND * 3, "op", slow).await, Ok("done"));
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_ready_at_the_limit_wins_also_when_it_is_an_error() {
    for result in [Ok("in time"), Err("down")] {
        let at_the_limit = async {
            sleep(SECOND).await;
            result
        };
        assert_eq!(timeout(SECOND, "op", at_the_limit).await, Ok(result));
    }
    let mut polled = 0;
    let ready_when_asked_again = poll_fn(|_| {
        polled += 1;
        if polled == 2 { Poll::Ready("in time") } else { Poll::Pending }
    });
    assert_eq!(timeout(SECOND, "op", ready_when_asked_again).await, Ok("in time"));
}

/// There is no runtime around this test: a timer would panic.
#[test]
fn a_zero_limit_polls_once_and_makes_no_timer() {
    let mut polls = 0;
    let never = poll_fn(|_| {
        polls += 1;
        Poll::<()>::Pending
    });
    let refused = TimeoutError { operation: "op", limit: Duration::ZERO };
    assert_eq!(poll_once(pin!(timeout(Duration::ZERO, "op", never))), Poll::Ready(Err(refused)));
    assert_eq!(polls, 1);
}

#[tokio::test(start_paused = true)]
async fn an_endless_limit_neither_fires_nor_panics() {
    for limit in ENDLESS {
        let outlasts = async {
            sleep(YEAR * 20).await;
            "done"
        };
        assert_eq!(timeout(limit, "op", outlasts).await, Ok("done"), "{limit:?}");
    }
}

/// Says when it is dropped.
struct Guard<'d>(&'d Cell<bool>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[tokio::test(start_paused = true)]
async fn the_future_is_dropped_before_the_caller_goes_on() {
    let (dropped, went_on) = (Cell::new(false), Cell::new(false));
    let inner = async {
        let _guard = Guard(&dropped);
        sleep(SECOND * 2).await;
        went_on.set(true);
    };
    let outcome = timeout(SECOND, "op", inner).await;
    assert!(dropped.get());
    outcome.unwrap_err();
    sleep(SECOND * 5).await;
    assert!(!went_on.get());
}

#[tokio::test(start_paused = true)]
async fn of_nested_limits_the_shorter_one_is_named_once() {
    for (inner, outer, named) in [(1, 2, "inner"), (2, 1, "outer")] {
        let nested = timeout(SECOND * inner, "inner", pending::<()>());
        let outcome = timeout(SECOND * outer, "outer", nested).await;
        let error = outcome.and_then(|within| within).unwrap_err();
        assert_eq!(error, TimeoutError { operation: named, limit: SECOND });
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_run_has_the_whole_limit_again() {
    timeout(SECOND, "op", pending::<()>()).await.unwrap_err();
    timeout(SECOND, "op", sleep(SECOND * 9 / 10)).await.unwrap();
}

/// Real time: a future that is always ready keeps a paused clock from moving.
#[tokio::test]
async fn a_future_that_eats_tokios_budget_at_every_poll_is_still_bounded() {
    let greedy = async {
        loop {
            tokio::task::consume_budget().await;
        }
    };
    let bounded = timeout(Duration::from_millis(20), "op", greedy);
    // Beside it a plain timer, so that a failure is a failure and not a hang.
    let watchdog = std::thread::spawn(|| std::thread::sleep(SECOND * 5));
    let mut bounded = pin!(bounded);
    let outcome = poll_fn(|context| match bounded.as_mut().poll(context) {
        Poll::Pending if watchdog.is_finished() => Poll::Ready(Ok(())),
        polled => polled,
    });
    outcome.await.unwrap_err();
}

/// As attributes make it, and whatever features of tokio the rest of the build turns on.
#[test]
fn a_limit_makes_a_future_no_more_than_128_bytes_longer() {
    type Plain = std::future::Ready<[u64; 4]>;
    let added = size_of::<crate::Timeout<Plain, &'static crate::limit::Limit>>() - size_of::<Plain>();
    assert!(added <= 128, "{added}");
}
