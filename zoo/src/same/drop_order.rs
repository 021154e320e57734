//! When arguments and locals are dropped: in the order of the plain function, however it ends.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};

use resilient_zoo_stamp::each_policy;

use crate::prelude::*;

/// What was dropped, in order.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    /// A value that is seen to be dropped.
    #[must_use]
    pub fn value(&self, name: &'static str) -> Loud {
        Loud { name, log: self.clone() }
    }

    /// What was dropped so far.
    #[must_use]
    pub fn all(&self) -> Vec<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Says that it is dropped.
#[derive(Clone, Debug)]
pub struct Loud {
    name: &'static str,
    log: Log,
}

impl Loud {
    /// What it is called when it is dropped.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl Drop for Loud {
    fn drop(&mut self) {
        self.log.0.lock().unwrap_or_else(PoisonError::into_inner).push(self.name);
    }
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a value.
    Well,
    /// With an error.
    Badly,
    /// By a panic.
    Panic,
}

impl End {
    /// Ends so.
    pub fn end(self) -> Result<(), Fault> {
        match self {
            Self::Well => Ok(()),
            Self::Badly => Err(Fault::Lost),
            Self::Panic => resume_unwind(Box::new("ended")),
        }
    }
}

/// What is dropped by a call that ends in any of these ways.
pub fn dropped(call: impl FnOnce(Log)) -> Vec<&'static str> {
    let log = Log::default();
    let _ = catch_unwind(AssertUnwindSafe(|| call(log.clone())));
    log.all()
}

/// Looks whether `seen` is what the plain function drops, once per attempt. A call that succeeds has kept
/// a copy of each argument for another attempt; those go last.
pub fn compare(repeats: bool, end: End, plain: &[&str], seen: &[&str]) {
    assert!(plain.len() > 3, "{plain:?}");
    let attempts = if repeats && end == End::Badly { 3 } else { 1 };
    let (own, kept) = seen.split_at(seen.len().min(plain.len() * attempts));
    assert_eq!(own, plain.repeat(attempts), "{end:?}");
    assert!(repeats && end != End::Badly || kept.is_empty(), "{kept:?}");
}

/// Blocking and awaited alike.
#[each_policy(as_written)]
pub mod blocking {
    use resilient_zoo::prelude::*;
    use resilient_zoo::same::drop_order::{End, Loud};

    /// Has a value that is seen to be dropped.
    #[derive(Clone, Debug)]
    pub struct Owner(pub Loud);

    impl Owner {
        /// Arguments by every kind of pattern; one is dropped by the body.
        #[guarded]
        #[allow(clippy::too_many_arguments)]
        pub fn taken(
            self,
            end: End,
            a: Loud,
            _: Loud,
            (b, _): (Loud, Loud),
            mut c: Loud,
            _d: Loud,
            (_, e): (Loud, Loud),
        ) -> Result<Served<usize>, Fault> {
            let local = c.log.value("local");
            drop(a);
            c.name = "changed";
            end.end()?;
            Ok((local.name.len() + b.name.len() + e.name.len()).into())
        }
    }

    /// Only what no pattern binds, and an argument that the body does not name.
    #[guarded]
    pub fn unread(_: Loud, unread: Loud, end: End, _: (Loud, Loud)) -> Result<Served<usize>, Fault> {
        #![allow(unused_variables)]
        end.end()?;
        Ok(1.into())
    }

    #[test]
    fn everything_goes_in_the_order_of_the_plain_function() {
        use resilient_zoo::same::drop_order::{compare, dropped};
        for end in [End::Well, End::Badly, End::Panic] {
            let _clock = resilient::testing::VirtualClock::install();
            macro_rules! called {
                ($($at:ident)::+) => {
                    dropped(|log| {
                        let of = |name| log.value(name);
                        let _ = $($at::)+Owner(of("self")).taken(
                            end, of("a"), of("1"), (of("b"), of("2")), of("c"), of("d"), (of("3"), of("e")),
                        );
                    })
                };
            }
            compare(POLICY.repeats, end, &called!(super::plain), &called!(self));
            let plain = dropped(|log| {
                let of = |name| log.value(name);
                let _ = super::plain::unread(of("a"), of("b"), end, (of("c"), of("d")));
            });
            let seen = dropped(|log| {
                let of = |name| log.value(name);
                let _ = unread(of("a"), of("b"), end, (of("c"), of("d")));
            });
            compare(POLICY.repeats, end, &plain, &seen);
        }
    }
}

/// Awaited: also when the caller stops waiting.
#[each_policy(as_written)]
pub mod awaited {
    use resilient_zoo::prelude::*;
    use resilient_zoo::same::drop_order::{End, Loud};

    /// Has a value that is seen to be dropped.
    #[derive(Clone, Debug)]
    pub struct Owner(pub Loud);

    impl Owner {
        /// Arguments by every kind of pattern.
        #[guarded]
        pub async fn taken(
            self,
            end: End,
            a: Loud,
            _: Loud,
            (b, _): (Loud, Loud),
            _c: Loud,
        ) -> Result<Served<usize>, Fault> {
            let local = a.log.value("local");
            tokio::task::yield_now().await;
            end.end()?;
            Ok((local.name.len() + b.name.len()).into())
        }
    }

    #[test]
    fn everything_goes_in_the_order_of_the_plain_function() {
        use resilient_zoo::same::drop_order::{compare, dropped, polled};
        use resilient_zoo::witness::paused;
        macro_rules! called {
            ($end:expr, $polls:expr, $($at:ident)::+) => {
                dropped(|log| {
                    let of = |name| log.value(name);
                    let future = $($at::)+Owner(of("self"))
                        .taken($end, of("a"), of("1"), (of("b"), of("2")), of("c"));
                    paused(polled(future, $polls));
                })
            };
        }
        for end in [End::Well, End::Badly, End::Panic] {
            let plain = called!(end, usize::MAX, super::plain);
            compare(POLICY.repeats, end, &plain, &called!(end, usize::MAX, self));
        }
        // Never polled, and given up while it waits.
        for polls in [0, 1] {
            let plain = called!(End::Well, polls, super::plain);
            let seen = called!(End::Well, polls, self);
            compare(POLICY.repeats && polls > 0, End::Well, &plain, &seen);
        }
    }
}

/// A future that is polled so many times and then dropped.
pub async fn polled<F: Future>(future: F, polls: usize) {
    let mut polled = pin!(future);
    if polls == usize::MAX {
        polled.await;
        return;
    }
    for _ in 0..polls {
        let _ = polled.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
}
