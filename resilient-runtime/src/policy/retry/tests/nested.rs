//! What is told of a retry inside a retry, and when nothing is; that of futures is in `awaited`. What a
//! thread keeps of it is the corridor's test.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::fmt::{Debug, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, LazyLock, mpsc};

use tracing::field::Field;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};

use super::*;
use crate::sync::{Mutex, lock};

#[cfg(feature = "tokio")]
mod awaited;

/// tracing remembers of each call site whether anybody listens, and where it believes that there is one
/// subscriber alone, it asks the thread that comes by first: not ours. Two that never go prevent it.
static ALWAYS_THERE: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(Listener { heard: Arc::default(), on_event: || {} })));

/// Collects the events of nested retries as `field=value` lines, and may do something on each.
struct Listener<F> {
    heard: Arc<Mutex<Vec<String>>>,
    on_event: F,
}

impl<F: Fn() + 'static + Send + Sync> Subscriber for Listener<F> {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "resilient"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = event.metadata().level().to_string();
        event.record(&mut |field: &Field, value: &dyn Debug| write!(line, " {field}={value:?}").unwrap());
        if line.contains("nested_retry") {
            lock(&self.heard).push(line);
            (self.on_event)();
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A subscriber, and what it hears.
fn listener(on_event: impl Fn() + Send + Sync + 'static) -> (Dispatch, Arc<Mutex<Vec<String>>>) {
    LazyLock::force(&ALWAYS_THERE);
    let heard = Arc::default();
    (Dispatch::new(Listener { heard: Arc::clone(&heard), on_event }), heard)
}

/// What is told while `work` runs on this thread: the pairs, outer first.
fn heard(work: impl FnOnce()) -> Vec<(String, String)> {
    let (listener, heard) = listener(|| {});
    tracing::dispatcher::with_default(&listener, work);
    pairs(&heard)
}

fn pairs(heard: &Mutex<Vec<String>>) -> Vec<(String, String)> {
    let name = |line: &str, field: &str| line.split(field).nth(1)?.split('"').nth(1).map(String::from);
    lock(heard).iter().map(|line| (name(line, " outer=").unwrap(), name(line, " inner=").unwrap())).collect()
}

fn pair(outer: &str, inner: &str) -> (String, String) {
    (outer.into(), inner.into())
}

type Failure = &'static str;
type Anything = When<fn(&Failure) -> bool>;

/// Three attempts for whatever fails, without delays.
fn retry(name: &'static str) -> Retry<Anything> {
    Retry::new().operation(name).backoff(BackoffShape::None).when(|_| true)
}

fn fails_once() -> impl FnMut() -> Result<(), Failure> {
    let mut failed = false;
    move || if std::mem::replace(&mut failed, true) { Ok(()) } else { Err("the first time") }
}

/// A retry of that name comes to a second attempt.
fn retried(name: &'static str) {
    retry(name).call(fails_once()).unwrap();
}

/// `body` runs in the second attempt of a retry of that name.
fn repeated(outer: &'static str, mut body: impl FnMut()) {
    let mut fails = fails_once();
    let call = || {
        fails()?;
        body();
        Ok(())
    };
    retry(outer).call(call).unwrap();
}

#[test]
fn a_retry_in_a_second_attempt_is_told_with_both_names() {
    let (listener, heard) = listener(|| {});
    tracing::dispatcher::with_default(&listener, || repeated("n-outer", || retried("n-inner")));
    let heard = lock(&heard);
    let [line] = &heard[..] else { panic!("{heard:?}") };
    assert!(line.starts_with("WARN "), "{line}");
    assert!(line.contains("n-inner is retried inside n-outer") && line.contains("multiply"), "{line}");
    assert!(line.contains(r#" event="nested_retry" outer="n-outer" inner="n-inner""#), "{line}");
}

#[test]
fn a_value_that_does_not_satisfy_is_tried_again_just_so() {
    let inner = || {
        let mut values = 0..;
        let until = retry("n-until-inner").until(|value: &u32| *value == 1);
        assert_eq!(until.call(|| values.next().ok_or("no end")), Ok(1));
    };
    assert_eq!(heard(|| repeated("n-until", inner)), [pair("n-until", "n-until-inner")]);
}

#[test]
fn first_attempts_alone_multiply_nothing() {
    let told = heard(|| {
        retried("n-first-alone");
        let call = || {
            retried("n-first-inner");
            Ok(())
        };
        retry("n-first").call(call).unwrap();
        let mut fails = fails_once();
        let succeeds_when_repeated = || {
            let outcome = fails();
            if outcome.is_err() {
                retried("n-first-inner");
            }
            retry("n-first-inner").call(|| Ok(())).unwrap();
            outcome
        };
        retry("n-first").call(succeeds_when_repeated).unwrap();
    });
    assert_eq!(told, []);
}

#[test]
fn a_failure_that_is_not_tried_again_is_no_retry() {
    let told = heard(|| {
        repeated("n-stands", || {
            let permanent = Retry::new().operation("n-permanent").when(|_: &Failure| false);
            permanent.call(|| Err::<(), _>("permanent")).unwrap_err();
            retry("n-single").max_attempts(1).call(|| Err::<(), _>("the only one")).unwrap_err();
        });
    });
    assert_eq!(told, []);
}

#[test]
fn each_pair_that_multiplies_is_told_once() {
    let leaves = Cell::new(0);
    let fail = || Err::<(), _>("always");
    let told = heard(|| {
        let leaf = || fail().inspect_err(|_| leaves.set(leaves.get() + 1));
        let middle = || retry("n-three-c").call(leaf);
        retry("n-three-a").call(|| retry("n-three-b").call(middle)).unwrap_err();
    });
    assert_eq!(leaves.get(), 27);
    let [a, b, c] = ["n-three-a", "n-three-b", "n-three-c"];
    assert_eq!(told, [pair(b, c), pair(a, c), pair(a, b)]);
}

#[test]
fn a_pair_is_told_once_by_all_threads() {
    let (listener, heard) = listener(|| {});
    let barrier = std::sync::Barrier::new(16);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                tracing::dispatcher::with_default(&listener, || {
                    barrier.wait();
                    (0..50).for_each(|_| repeated("n-threads", || retried("n-threads-inner")));
                });
            });
        }
    });
    assert_eq!(pairs(&heard), [pair("n-threads", "n-threads-inner")]);
}

#[test]
fn a_function_that_calls_itself_counts_the_attempts_of_each_call() {
    fn descend(levels: u32, leaves: &mut u32) {
        let retry = Retry::new().operation("n-recursive").backoff(BackoffShape::None);
        let mut run = retry.start();
        for attempt in 1..=3 {
            assert_eq!((run.attempt_number(), retry.is_last(&run)), (attempt, attempt == 3));
            match levels {
                0 => *leaves += 1,
                _ => descend(levels - 1, leaves),
            }
            run = retry.failed_as(run, TRANSIENT.into(), Text::Name("always"));
            assert_eq!(run.goes_on(), attempt < 3);
            run = run.pause();
        }
    }
    let (listener, heard) = listener(|| {});
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let mut leaves = 0;
                tracing::dispatcher::with_default(&listener, || descend(2, &mut leaves));
                assert_eq!(leaves, 27);
            });
        }
    });
    assert_eq!(pairs(&heard), [pair("n-recursive", "n-recursive")]);
}

#[test]
fn a_panic_leaves_no_name_behind() {
    let told = heard(|| {
        let panics = || repeated("n-panic", || resume_unwind(Box::new("boom")));
        catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
        assert_eq!(crate::nested::current(), None);
        retried("n-panic-next");
    });
    assert_eq!(told, []);
}

#[test]
fn the_one_warning_is_not_spent_while_nobody_listens() {
    let work = || repeated("n-unheard", || retried("n-unheard-inner"));
    LazyLock::force(&ALWAYS_THERE);
    work();
    assert_eq!(heard(work), [pair("n-unheard", "n-unheard-inner")]);
    assert_eq!(heard(work), []);
}

#[test]
fn no_lock_is_held_while_it_is_told() {
    let (another, heard_of_another) = listener(|| {});
    // On another thread: tracing tells a listener nothing of what happens while it listens.
    let repeat_another = move || {
        let another = another.clone();
        let (done, is_done) = mpsc::channel();
        std::thread::spawn(move || {
            let work = || repeated("n-told-another", || retried("n-told-another-inner"));
            tracing::dispatcher::with_default(&another, work);
            done.send(()).unwrap();
        });
        is_done.recv_timeout(SECOND * 30).unwrap();
    };
    let (listener, heard) = listener(repeat_another);
    tracing::dispatcher::with_default(&listener, || repeated("n-told", || retried("n-told-inner")));
    assert_eq!(pairs(&heard), [pair("n-told", "n-told-inner")]);
    assert_eq!(pairs(&heard_of_another), [pair("n-told-another", "n-told-another-inner")]);
}

#[test]
fn a_body_on_a_worker_is_repeated_by_its_callers_retry_and_by_no_earlier_one() {
    let on_worker = |body: fn()| crate::timeout_sync(SECOND * 30, "op", body).unwrap();
    let told = heard(|| {
        repeated("n-worker", || on_worker(|| retried("n-worker-inner")));
        for _ in 0..20 {
            on_worker(|| {
                assert_eq!(crate::nested::current(), None);
                retried("n-worker-alone");
            });
        }
        let panics = || repeated("n-worker-panic", || on_worker(|| resume_unwind(Box::new("boom"))));
        catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
        on_worker(|| assert_eq!(crate::nested::current(), None));
    });
    assert_eq!(told, [pair("n-worker", "n-worker-inner")]);
}
