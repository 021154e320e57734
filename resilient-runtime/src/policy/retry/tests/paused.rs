//! The pause between two attempts: what it lets go first, and what it leaves alone.

use std::cell::Cell;

use super::*;
use crate::policy::retry::wait::pause_sync;
use crate::testing::VirtualClock;

fn waiting(delay: Duration) -> Wait {
    Wait::new(delay, None)
}

/// Notes when it is dropped.
struct Outcome<F: Fn()>(F);

impl<F: Fn()> Drop for Outcome<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn a_blocking_pause_drops_the_outcome_first() {
    let clock = VirtualClock::install();
    let slept_at_drop = Cell::new(None);
    pause_sync(waiting(SECOND), Outcome(|| slept_at_drop.set(Some(clock.sleeps().len()))));
    assert_eq!((slept_at_drop.get(), clock.sleeps()), (Some(0), vec![SECOND]));
    pause_sync(waiting(Duration::ZERO), ());
    assert_eq!(clock.sleeps(), [SECOND], "a zero wait is none");
}

#[cfg(feature = "tokio")]
mod awaited {
    use std::future::Future;
    use std::pin::pin;
    use std::rc::Rc;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::policy::retry::wait::pause_async;

    #[tokio::test(start_paused = true)]
    async fn an_async_pause_drops_the_outcome_first_and_takes_the_timers_time() {
        let start = tokio::time::Instant::now();
        let dropped_at = Cell::new(None);
        pause_async(waiting(SECOND), Outcome(|| dropped_at.set(Some(start.elapsed())))).await;
        assert_eq!((dropped_at.get(), start.elapsed()), (Some(Duration::ZERO), SECOND));
    }

    #[test]
    fn a_zero_pause_needs_no_timer() {
        let pause = pin!(pause_async(waiting(Duration::ZERO), ()));
        assert_eq!(pause.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
    }

    #[test]
    fn an_outcome_may_be_neither_send_nor_outlive_the_pause() {
        fn send<F: Future + Send>(future: F) -> F {
            future
        }
        let mut place = 1;
        let pause = pause_async(waiting(Duration::ZERO), &mut place);
        place += 1;
        drop(pause);
        drop(send(async {
            let outcome = Rc::new(place);
            pause_async(waiting(Duration::ZERO), outcome).await;
        }));
    }
}
