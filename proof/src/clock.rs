//! A clock that stands still until a model moves it, which it does where no other thread runs: what happens
//! at one instant is what races are about.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[rustfmt::skip]
#[path = "../../resilient-runtime/src/clock/moment.rs"]
mod moment;
pub(crate) use moment::Moment;

thread_local! {
    /// The checker runs all threads of a model on one.
    static NOW: AtomicU64 = const { AtomicU64::new(START) };
}

const START: u64 = 1 << 62;

pub(crate) fn now() -> Moment {
    NOW.with(|now| Moment::from_nanos(now.load(Ordering::Relaxed)))
}

/// Begins a model's time.
pub(crate) fn start() {
    NOW.with(|now| now.store(START, Ordering::Relaxed));
}

pub(crate) fn advance(by: Duration) {
    NOW.with(|now| now.store(crate::clock::now().after(by).as_nanos(), Ordering::Relaxed));
}
