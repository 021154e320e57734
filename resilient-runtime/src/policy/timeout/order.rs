//! What a caller hands to a worker, and gets back: the body, what it finds around it, and how it ended. It
//! moves as a whole, so only one of the two has it at a time.

use std::any::Any;
use std::thread;

use super::surroundings::Surroundings;

/// A body, and what came of it. Of what type these are only the caller knows.
pub(super) trait Job: Send {
    /// Once.
    fn run(&mut self);

    fn as_any(&mut self) -> &mut dyn Any;
}

pub(super) struct Order<J: ?Sized = dyn Job> {
    pub(super) surroundings: Surroundings,
    pub(super) ended: Option<Ended>,
    pub(super) job: J,
}

/// How a job ended: with a panic or without.
pub(super) struct Ended {
    /// By a virtual clock, which interrupts nobody.
    pub(super) is_late: bool,
    /// Its time was up, and it has left it to its caller to tell that.
    pub(super) is_untold: bool,
    pub(super) with: thread::Result<()>,
}

impl Order {
    pub(super) fn new(job: impl Job + 'static) -> Box<Self> {
        Box::new(Order { surroundings: Surroundings::default(), ended: None, job })
    }

    /// A panic of the job ends here.
    #[inline]
    pub(super) fn carry_out(&mut self) {
        self.ended = Some(self.surroundings.run(&mut self.job));
    }
}
