//! What is cloned: arguments passed by value, where a policy repeats, for every attempt that may be
//! followed by another; nothing else.

use std::sync::atomic::{AtomicUsize, Ordering};

use resilient_zoo_stamp::each_policy;

/// Counts how often a value of its origin was cloned.
#[derive(Debug)]
pub struct Counted(pub &'static AtomicUsize);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::SeqCst);
        Self(self.0)
    }
}

/// Cannot be cloned.
#[derive(Debug)]
pub struct Single(pub u32);

/// By value.
#[each_policy]
pub mod owned {
    use resilient_zoo::prelude::*;
    use resilient_zoo::same::clones::Counted;

    static WITNESS: Witness = Witness::new();
    /// Taken and given back.
    #[guarded]
    pub fn taken(counted: Counted, n: u32) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(&counted)?;
        let Counted(_) = counted;
        Ok(n.into())
    }

    /// Holds one.
    #[derive(Clone, Debug)]
    pub struct Owner(pub Counted);

    impl Owner {
        /// A receiver, bound by a pattern beside it.
        #[guarded]
        pub fn received(self, (other, _): (Self, u32)) -> Result<Served<usize>, Fault> {
            WITNESS.attempt((&self, &other))?;
            Ok(1.into())
        }
    }

    #[test]
    fn the_last_attempt_has_the_original() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static CLONES: AtomicUsize = AtomicUsize::new(0);
        for (failures, clones) in [(0, 1), (1, 2), (2, 2), (3, 2)] {
            let expected = if POLICY.repeats { clones } else { 0 };
            CLONES.store(0, Ordering::SeqCst);
            let _ = WITNESS.watch(failures, &mut || taken(Counted(&CLONES), 1));
            assert_eq!(CLONES.swap(0, Ordering::SeqCst), expected, "{failures} failures");
            let _ = WITNESS
                .watch(failures, &mut || Owner(Counted(&CLONES)).received((Owner(Counted(&CLONES)), 1)));
            assert_eq!(CLONES.load(Ordering::SeqCst), 2 * expected, "{failures} failures");
        }
    }
}

/// Borrowed, and not to be cloned at all.
#[each_policy(borrows)]
pub mod borrowed {
    use resilient_zoo::prelude::*;
    use resilient_zoo::same::clones::{Counted, Single};

    static WITNESS: Witness = Witness::new();

    /// Lent.
    #[guarded]
    pub fn lent(counted: &Counted, single: &Single) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(counted)?;
        Ok(single.0.into())
    }

    /// Holds one.
    #[derive(Debug)]
    pub struct Owner(Single);

    impl Owner {
        /// Lent, too.
        #[guarded]
        pub fn shared(&self, (other, _): (&Self, &Counted)) -> Result<Served<u32>, Fault> {
            WITNESS.attempt((self, other))?;
            Ok((self.0.0 + other.0.0).into())
        }
    }

    #[test]
    fn nothing_is_cloned() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static CLONES: AtomicUsize = AtomicUsize::new(0);
        static COUNTED: Counted = Counted(&CLONES);
        static SINGLE: Single = Single(2);
        static OWNER: Owner = Owner(Single(2));
        WITNESS.check(POLICY, 2, || lent(&COUNTED, &SINGLE));
        WITNESS.check(POLICY, 4, || OWNER.shared((&OWNER, &COUNTED)));
        assert_eq!(CLONES.load(Ordering::SeqCst), 0);
    }
}

/// Not to be cloned, where nothing repeats: a breaker over a timeout, and a fallback over both.
pub mod single {
    use resilient_zoo::prelude::*;
    use resilient_zoo::same::clones::Single;

    /// Moved through all of them.
    #[fallback(default = 0)]
    #[deadline(secs = 5)]
    #[circuit_breaker]
    #[timeout(secs = 1)]
    pub fn moved(single: Single) -> Result<Served<u32>, Fault> {
        Ok(single.0.into())
    }

    #[test]
    fn it_arrives() {
        assert_eq!(moved(Single(3)).ok().as_deref(), Some(&3));
    }
}
