//! Deadlines as values: what is told to whom, and that nothing of it stays behind. How attributes use
//! them is tested from the outside.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::deadline_sync;
use crate::testing::VirtualClock;
use crate::{remaining, timeout_sync};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_bound_is_restored_also_after_a_panic() {
    let clock = VirtualClock::install();
    let outer = deadline_sync("outer", SECOND * 10);
    let panicking = std::panic::catch_unwind(|| {
        let _inner = deadline_sync("inner", SECOND);
        assert_eq!(remaining(), Some(SECOND));
        std::panic::resume_unwind(Box::new(()))
    });
    assert!(panicking.is_err());
    assert_eq!(remaining(), Some(SECOND * 10));
    clock.advance(SECOND * 11);
    assert_eq!(remaining(), Some(Duration::ZERO));
    drop(outer);
    assert_eq!(remaining(), None);
}

#[test]
fn an_inner_deadline_never_loosens_an_outer_one() {
    let _clock = VirtualClock::install();
    let _outer = deadline_sync("outer", SECOND);
    let _inner = deadline_sync("inner", SECOND * 10);
    assert_eq!(remaining(), Some(SECOND));
}

#[test]
fn a_sync_timeout_inside_blames_whoever_ends_first() {
    let clock = VirtualClock::install();
    let handle = clock.handle();
    let _whole = deadline_sync("whole", SECOND * 3);
    let slow = handle.clone();
    let error = timeout_sync(SECOND, "attempt", move || slow.advance(SECOND * 2)).unwrap_err();
    assert_eq!((error.operation, error.limit), ("attempt", SECOND));
    let error = timeout_sync(SECOND * 5, "attempt", move || handle.advance(SECOND * 2)).unwrap_err();
    assert_eq!((error.operation, error.limit), ("whole", SECOND * 3));
    let error = timeout_sync(SECOND * 5, "attempt", unreachable_body).unwrap_err();
    assert_eq!(error.operation, "whole", "no time is left, so the body is not even run");
}

fn unreachable_body() {
    std::process::abort();
}

#[cfg(feature = "tokio")]
mod awaited {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::SECOND;
    use crate::limit::Limit;
    use crate::policy::deadline::deadline;
    use crate::remaining;

    #[test]
    fn between_polls_the_thread_is_not_bounded() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _entered = runtime.enter();
        let mut future = pin!(deadline(SECOND, "op", std::future::pending::<()>()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
        assert_eq!(remaining(), None);
    }

    /// As attributes make it, and whatever features of tokio the rest of the build turns on.
    #[test]
    fn a_deadline_makes_a_future_no_more_than_128_bytes_longer() {
        type Plain = std::future::Ready<[u64; 4]>;
        let added = size_of::<crate::Deadline<Plain, &'static Limit>>() - size_of::<Plain>();
        assert!(added <= 128, "{added}");
    }
}
