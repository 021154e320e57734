//! The pause between two attempts: what it takes, and what it leaves alone.

use super::*;

/// Whose second attempt is due after `delay`.
fn second(delay: Duration) -> RetryRun {
    RetryRun(None).again(Progress::FIRST, "paused", Wait { delay, token: None })
}

#[test]
fn a_blocking_pause_sleeps_once_and_not_for_nothing() {
    let clock = VirtualClock::install();
    drop(second(SECOND).pause().pause());
    assert_eq!(clock.sleeps(), [SECOND], "what was waited for is over");
    drop((second(Duration::ZERO).pause(), RetryRun(None).pause()));
    assert_eq!(clock.sleeps(), [SECOND], "a zero wait is none");
}

#[test]
fn a_call_that_succeeds_at_once_is_remembered_by_a_pointer() {
    assert_eq!(size_of::<RetryRun>(), size_of::<usize>());
}

#[cfg(feature = "tokio")]
mod awaited {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_async_pause_takes_the_timers_time_once() {
        let start = tokio::time::Instant::now();
        let mut run = second(SECOND);
        run.pause_async().await;
        run.pause_async().await;
        assert_eq!(start.elapsed(), SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_waits_until_it_is_due_and_only_then() {
        let start = tokio::time::Instant::now();
        let begun = || async { start.elapsed() };
        assert_eq!(RetryRun(None).attempt(begun()).await.0, Duration::ZERO);
        let (waited, run) = second(SECOND).attempt(begun()).await;
        assert_eq!(waited, SECOND);
        assert_eq!(run.attempt(begun()).await.0, SECOND, "once");
    }

    #[test]
    fn a_zero_pause_needs_no_timer() {
        let mut run = second(Duration::ZERO);
        let pause = pin!(run.pause_async());
        assert_eq!(pause.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_goes_from_thread_to_thread_with_its_pause() {
        fn send<F: Future + Send>(future: F) -> F {
            future
        }
        let paused = send(async {
            let mut run = second(SECOND);
            run.pause_async().await;
            run.attempt(std::future::ready(1)).await.0
        });
        assert_eq!(paused.await, 1);
    }
}
