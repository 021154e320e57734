//! The limit on a closure that blocks, and the workers that run it. Real time is the subject here, so
//! limits are short, and the bounds on what was measured are wide.

use std::cell::Cell;
use std::collections::HashSet;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard, mpsc};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::error::TimeoutError;
use crate::policy::timeout::{MAX_ABANDONED_WORKERS, abandoned_workers, timeout_sync};
use crate::sync::{PoisonError, lock};
use crate::testing::VirtualClock;
use crate::{is_cancelled, remaining};

pub(super) const SHORT: Duration = Duration::from_millis(5);
const SECOND: Duration = Duration::from_secs(1);
/// Longer than anything here takes, unless it hangs.
pub(super) const LONG: Duration = Duration::from_secs(30);

/// Abandoned workers are counted for the whole process: the test that fills them up is alone.
static ALONE: RwLock<()> = RwLock::new(());

pub(super) fn beside_others() -> RwLockReadGuard<'static, ()> {
    ALONE.read().unwrap_or_else(PoisonError::into_inner)
}

/// Waits in real time for what another thread is about to do.
pub(super) fn soon(what: &str, happens: impl Fn() -> bool) {
    let start = Instant::now();
    while !happens() {
        assert!(start.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_body_that_is_in_time_gives_its_result() {
    let _beside = beside_others();
    let caller = thread::current().id();
    let owned = String::from("moved in");
    let (length, worker) = timeout_sync(LONG, "op", move || (owned.len(), thread::current().id())).unwrap();
    assert_eq!(length, 8);
    assert_ne!(worker, caller);
}

#[test]
fn a_body_that_takes_too_long_is_an_error_at_the_limit() {
    let _beside = beside_others();
    let gate = Arc::new(Mutex::new(()));
    let held = lock(&gate);
    let at_gate = Arc::clone(&gate);
    let start = Instant::now();
    let outcome = timeout_sync(SHORT, "query", move || drop(lock(&at_gate)));
    assert_eq!(outcome, Err(TimeoutError { operation: "query", limit: SHORT }));
    assert!(start.elapsed() >= SHORT);
    drop(held);
}

#[test]
fn an_endless_limit_neither_fires_nor_panics() {
    let _beside = beside_others();
    for limit in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(u64::MAX / 10)] {
        let body = || {
            thread::sleep(SHORT);
            remaining()
        };
        assert!(timeout_sync(limit, "op", body).unwrap().unwrap() > LONG);
    }
}

#[test]
fn it_works_on_any_thread_and_inside_another() {
    let _beside = beside_others();
    let nested = || timeout_sync(LONG, "outer", || timeout_sync(LONG, "inner", || 42));
    let outcome = thread::spawn(nested).join().unwrap();
    assert_eq!(outcome, Ok(Ok(42)));
}

#[test]
fn a_panic_of_the_body_reaches_the_caller_with_its_payload() {
    let _beside = beside_others();
    for _ in 0..3 {
        let call = || timeout_sync(LONG, "op", || resume_unwind(Box::new(String::from("boom"))));
        let payload = catch_unwind::<_, Result<(), _>>(call).unwrap_err();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "boom");
    }
    assert_eq!(timeout_sync(LONG, "op", || 1), Ok(1), "workers survive it");
}

#[test]
fn workers_are_used_again() {
    let _beside = beside_others();
    let seen: HashSet<_> =
        (0..500).map(|_| timeout_sync(LONG, "op", || thread::current().id()).unwrap()).collect();
    // Other tests use the same workers, so it is not exactly one or two.
    assert!(seen.len() < 100, "{} threads for 500 calls", seen.len());
}

#[test]
fn many_callers_at_once_all_get_their_own_result() {
    let _beside = beside_others();
    thread::scope(|scope| {
        for caller in 0..8 {
            scope.spawn(move || {
                for call in 0..200 {
                    assert_eq!(timeout_sync(LONG, "op", move || (caller, call)), Ok((caller, call)));
                }
            });
        }
    });
}

#[test]
fn abandoned_workers_are_counted_bounded_and_come_back() {
    let _alone = ALONE.write().unwrap_or_else(PoisonError::into_inner);
    soon("those of other tests end", || abandoned_workers() == 0);
    let gate = Arc::new(Mutex::new(()));
    let held = lock(&gate);
    let started = Arc::new(AtomicUsize::new(0));
    let stuck = || {
        let (gate, started) = (Arc::clone(&gate), Arc::clone(&started));
        timeout_sync(Duration::from_millis(1), "stuck", move || {
            started.fetch_add(1, Ordering::Relaxed);
            drop(lock(&gate));
        })
    };
    for abandoned in 1..=MAX_ABANDONED_WORKERS {
        stuck().unwrap_err();
        assert_eq!(abandoned_workers(), abandoned);
    }
    soon("all of them run", || started.load(Ordering::Relaxed) == MAX_ABANDONED_WORKERS);

    let ran = Arc::new(AtomicBool::new(false));
    let (runs, start) = (Arc::clone(&ran), Instant::now());
    let refused = timeout_sync(LONG, "stuck", move || runs.store(true, Ordering::Relaxed));
    assert_eq!(refused, Err(TimeoutError { operation: "stuck", limit: LONG }));
    assert!(start.elapsed() < LONG / 2, "it does not wait");
    assert_eq!(timeout_sync(LONG, "another", || 1), Ok(1), "its operation is not the one that is stuck");

    drop(held);
    soon("the stuck ones end", || abandoned_workers() == 0);
    assert!(!ran.load(Ordering::Relaxed), "what was refused is not run later");
    assert_eq!(timeout_sync(LONG, "stuck", || 1), Ok(1));
}

#[test]
fn a_body_runs_under_its_callers_thread_name_also_on_a_worker_that_is_used_again() {
    let _beside = beside_others();
    let name = || timeout_sync(LONG, "op", || thread::current().name().map(str::to_owned)).unwrap();
    for caller in ["importer", "exporter", "importer"] {
        let named = thread::Builder::new().name(caller.to_owned());
        let seen = named.spawn(move || [name(), name()]).unwrap().join().unwrap();
        assert_eq!(seen, [(); 2].map(|()| Some(caller.to_owned())));
    }
    assert_eq!(thread::spawn(name).join().unwrap(), None);
}

#[test]
fn a_body_is_told_that_nobody_waits_for_it_any_more() {
    let _beside = beside_others();
    let (tell, told) = mpsc::channel();
    // It ends when its caller goes: which of the two is first, nobody knows. Its time runs while it waits for a
    // processor, too.
    let _ = timeout_sync(SECOND / 4, "op", move || {
        let at_first = is_cancelled();
        while !is_cancelled() {
            thread::yield_now();
        }
        tell.send((at_first, remaining())).unwrap();
    });
    assert_eq!(told.recv().unwrap(), (false, Some(Duration::ZERO)));
    assert!(!is_cancelled());
}

/// Whether one of so many bodies inside one another runs on that thread: deep enough, they take all
/// idle workers, the last to become idle first.
fn runs_on(worker: ThreadId, nested: usize) -> bool {
    let body = move || thread::current().id() == worker || nested > 0 && runs_on(worker, nested - 1);
    timeout_sync(LONG, "op", body).unwrap()
}

#[test]
fn a_worker_outlives_a_result_that_nobody_takes_and_that_panics_when_dropped() {
    struct Bomb(mpsc::Sender<ThreadId>);
    impl Drop for Bomb {
        fn drop(&mut self) {
            self.0.send(thread::current().id()).unwrap();
            resume_unwind(Box::new("dropped"));
        }
    }
    let _alone = ALONE.write().unwrap_or_else(PoisonError::into_inner);
    let (sender, dropped_on) = mpsc::channel();
    let gate = Arc::new(Mutex::new(()));
    let held = lock(&gate);
    let at_gate = Arc::clone(&gate);
    let body = move || {
        drop(lock(&at_gate));
        Bomb(sender)
    };
    assert!(timeout_sync(SHORT, "op", body).is_err());
    drop(held);
    let worker = dropped_on.recv_timeout(LONG).unwrap();
    let nested = Cell::new(1);
    soon("it is used again", || {
        nested.set(512.min(nested.get() * 2));
        runs_on(worker, nested.get())
    });
}

#[test]
fn remaining_tells_a_body_how_long_its_caller_still_waits() {
    let _beside = beside_others();
    assert_eq!(remaining(), None, "nothing is bounded here");
    let left = timeout_sync(LONG, "op", || remaining().unwrap()).unwrap();
    assert!(left <= LONG && left > LONG / 2, "{left:?}");
    let (stopped, stops) = mpsc::channel();
    let _either_way = timeout_sync(SHORT, "op", move || {
        while remaining().unwrap() > Duration::ZERO {
            thread::yield_now();
        }
        stopped.send(())
    });
    assert_eq!(stops.recv_timeout(LONG), Ok(()), "it stops by itself, given up or not");
    assert_eq!(remaining(), None);
}

#[test]
fn a_nested_body_has_no_more_time_than_the_one_around_it() {
    let _beside = beside_others();
    let inner = |limit| timeout_sync(limit, "inner", || remaining().unwrap()).unwrap();
    let (longer, shorter) = timeout_sync(LONG, "outer", move || (inner(LONG * 9), inner(LONG / 9))).unwrap();
    assert!(longer <= LONG, "{longer:?}");
    assert!(shorter <= LONG / 9, "{shorter:?}");
}

#[test]
fn by_a_virtual_clock_a_limit_passes_without_waiting() {
    let _beside = beside_others();
    let clock = VirtualClock::install();
    for (beyond, outcome) in [
        (Duration::ZERO, Ok("done")),
        (Duration::from_nanos(1), Err(TimeoutError { operation: "op", limit: SECOND * 3600 })),
    ] {
        let handle = clock.handle();
        let start = Instant::now();
        let ended = timeout_sync(SECOND * 3600, "op", move || {
            handle.advance(SECOND * 1800);
            assert_eq!(remaining(), Some(SECOND * 1800));
            crate::clock::sleep_sync(SECOND * 1800 + beyond);
            assert_eq!(remaining(), Some(Duration::ZERO));
            "done"
        });
        assert_eq!(ended, outcome, "{beyond:?} beyond");
        assert!(start.elapsed() < LONG);
    }
    assert_eq!(clock.elapsed(), SECOND * 7200 + Duration::from_nanos(1));
}

#[test]
fn by_a_virtual_clock_real_time_does_not_count() {
    let _beside = beside_others();
    let _clock = VirtualClock::install();
    let takes_longer = || {
        thread::sleep(Duration::from_millis(20));
        remaining()
    };
    assert_eq!(timeout_sync(SHORT, "op", takes_longer), Ok(Some(SHORT)));
}

#[test]
fn a_worker_goes_by_its_callers_clock_and_by_no_earlier_ones() {
    let _beside = beside_others();
    let clock = VirtualClock::install();
    timeout_sync(LONG, "op", || crate::clock::sleep_sync(SECOND)).unwrap();
    drop(clock);
    for _ in 0..20 {
        let start = Instant::now();
        timeout_sync(LONG, "op", || crate::clock::sleep_sync(Duration::from_millis(1))).unwrap();
        assert!(start.elapsed() >= Duration::from_millis(1), "it has really slept");
    }
}

/// Hears nothing; tells on which thread it was let go at last.
struct Listener(mpsc::Sender<Option<String>>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.send(thread::current().name().map(String::from)).unwrap();
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_body_goes_by_its_callers_subscriber_which_its_worker_lets_go_before_the_caller_goes_on() {
    let _beside = beside_others();
    let goes_by_listener = || tracing::dispatcher::get_default(tracing::Dispatch::is::<Listener>);
    for round in 0..1000 {
        let (sender, let_go_on) = mpsc::channel();
        tracing::subscriber::with_default(Listener(sender), || {
            assert_eq!(timeout_sync(LONG, "op", goes_by_listener), Ok(true));
        });
        let thread = let_go_on.recv_timeout(LONG).unwrap();
        assert_ne!(thread.as_deref(), Some("resilient-timeout"), "round {round}");
        assert_eq!(timeout_sync(LONG, "op", goes_by_listener), Ok(false));
    }
}
