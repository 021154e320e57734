//! What a body finds around it on a worker: its caller's clock, dice, subscriber, span and deadline, and that
//! the same retry repeats it, and the same callers wait for it. All of it is let go before the caller goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Span};

use super::order::{Ended, Job};
use super::untold;
use crate::bound::{self, Bound};
use crate::clock::{self, Patience, Virtual};
use crate::dice::Seeded;
use crate::error::TimeoutError;
use crate::{leading, nested};

/// Empty, except between a caller that looks round and the worker that runs its body.
#[derive(Default)]
pub(super) struct Surroundings {
    clock: Option<Arc<Virtual>>,
    dice: Option<Arc<Seeded>>,
    /// `None` where nobody in the whole process listens.
    traced: Option<(Dispatch, Span)>,
    repeated_by: Option<&'static str>,
    is_leading: bool,
    bound: Option<Bound>,
}

impl Surroundings {
    /// Takes in what is around this thread. The body has time until `limit` is over, which is told as `error`;
    /// so long does its caller have patience.
    #[inline]
    pub(super) fn look_round(&mut self, limit: Duration, error: TimeoutError) -> Patience {
        self.clock = Virtual::current();
        let patience = Patience::start(limit, self.clock.as_deref());
        self.bound = Some(Bound { at: patience.ends_at(), error, is_awaited: true });
        self.dice = Seeded::current();
        if LevelFilter::current() != LevelFilter::OFF {
            self.traced = Some((tracing::dispatcher::get_default(Clone::clone), Span::current()));
        }
        self.repeated_by = nested::current();
        self.is_leading = leading::is_leading();
        patience
    }

    /// Runs `job` as if this thread were in the midst of them, and lets go of all of them.
    #[inline]
    pub(super) fn run(&mut self, job: &mut dyn Job) -> Ended {
        let ends_at = self.clock.as_ref().and(self.bound).map(|bound| bound.at);
        if self.clock.is_some() {
            Virtual::install(self.clock.take());
        }
        if self.dice.is_some() {
            Seeded::install(self.dice.take());
        }
        let bounded = self.bound.take().map(bound::enter);
        let repeated = self.repeated_by.take().map(nested::enter);
        let leading = std::mem::take(&mut self.is_leading).then(leading::enter);
        // Subscriber and span run code of their own, also when they are dropped.
        let with = catch_unwind(AssertUnwindSafe(|| match self.traced.take() {
            Some((subscriber, span)) => {
                tracing::dispatcher::with_default(&subscriber, || span.in_scope(|| job.run()));
            }
            None => job.run(),
        }));
        let is_late = ends_at.is_some_and(|end| clock::now() > end);
        drop(leading);
        drop(repeated);
        drop(bounded);
        // Also what the body may have left behind.
        drop((Virtual::install(None), Seeded::install(None)));
        Ended { is_late, is_untold: untold::take(), with }
    }
}
