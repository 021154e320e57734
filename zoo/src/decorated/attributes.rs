//! Attributes that are not ours, on the trait and on what is in it.

use resilient::{decorator, retry};

use crate::witness::Fault;

/// Much stands above its methods.
#[decorator(GuardedMarked)]
#[must_use]
#[doc(alias = "annotated")]
pub trait Marked {
    /// On no system.
    #[cfg(any())]
    #[retry]
    fn nowhere(&self) -> Result<NoSuchType, Fault>;
    /// On every system.
    ///
    /// # Errors
    /// None.
    #[cfg(not(any()))]
    #[retry]
    fn everywhere(&self) -> Result<u32, Fault>;
    /// Guarded on every system, which is said in a roundabout way.
    ///
    /// # Errors
    /// At first.
    #[cfg_attr(all(), retry(backoff = none), doc = "Not of itself.")]
    fn roundabout(&mut self) -> Result<u32, Fault>;
    /// Guarded on no system.
    ///
    /// # Errors
    /// At first.
    #[cfg_attr(any(), retry(backoff = none))]
    fn unguarded(&mut self) -> Result<u32, Fault>;
    /// Old, and not guarded.
    #[deprecated]
    fn old(&self) -> u32;
    /// Old, and guarded.
    ///
    /// # Errors
    /// None.
    #[deprecated(note = "use another")]
    #[resilient::retry]
    fn old_and_guarded(&self) -> Result<u32, Fault>;
    /// Its value is to be used.
    #[must_use]
    fn used(&self) -> u32;
    /// Not in the documentation.
    #[doc(hidden)]
    #[inline]
    fn hidden(&self, _: u8, _unused: u8) -> u32 {
        0
    }
    #[allow(missing_docs, clippy::missing_errors_doc)]
    #[retry(when = |error| { return matches!(error, Fault::Lost); })]
    #[allow(clippy::needless_return)]
    fn allowed(&self) -> Result<u32, Fault>;
}

impl Marked for u32 {
    fn everywhere(&self) -> Result<u32, Fault> {
        Ok(*self)
    }

    fn roundabout(&mut self) -> Result<u32, Fault> {
        *self += 1;
        if *self < 3 { Err(Fault::Lost) } else { Ok(*self) }
    }

    fn unguarded(&mut self) -> Result<u32, Fault> {
        self.roundabout()
    }

    fn old(&self) -> u32 {
        *self
    }

    fn old_and_guarded(&self) -> Result<u32, Fault> {
        Ok(*self)
    }

    fn used(&self) -> u32 {
        *self
    }

    fn allowed(&self) -> Result<u32, Fault> {
        Ok(*self)
    }
}

/// Seen by nobody else, and not used in all its parts.
#[decorator(GuardedPrivate)]
trait Private {
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

impl Private for u32 {
    fn ask(&self) -> Result<u32, Fault> {
        Ok(*self)
    }
}

/// Asks somebody whom nobody else sees.
///
/// # Errors
/// None.
pub fn asked(n: u32) -> Result<u32, Fault> {
    GuardedPrivate::new(n).ask()
}

/// Of this crate.
mod restricted {
    #![allow(clippy::redundant_pub_crate)]

    use super::{Fault, decorator, retry};

    /// Of this crate.
    #[decorator(GuardedRestricted)]
    pub(crate) trait Restricted {
        /// Asks.
        #[retry]
        fn ask(&self) -> Result<u32, Fault>;
    }

    impl Restricted for u32 {
        fn ask(&self) -> Result<u32, Fault> {
            Ok(*self)
        }
    }
}

/// Asks somebody whom only this crate sees.
///
/// # Errors
/// None.
pub fn asked_within(n: u32) -> Result<u32, Fault> {
    use restricted::Restricted as _;
    restricted::GuardedRestricted::new(n).ask()
}

/// A trait that a macro writes, with what it is given.
macro_rules! model {
    ($wrapper:ident, $name:ident, $method:ident, $ty:ty, $attempts:expr, $body:block) => {
        /// Written by a macro.
        #[decorator($wrapper)]
        pub trait $name {
            /// Guarded.
            ///
            /// # Errors
            /// Perhaps.
            #[retry(max_attempts = $attempts, backoff = none)]
            fn $method(&mut self, value: $ty) -> Result<$ty, Fault>;
            /// By default.
            fn default() -> u32 $body
        }

        impl $name for u32 {
            fn $method(&mut self, value: $ty) -> Result<$ty, Fault> {
                *self += 1;
                if *self < $attempts { Err(Fault::Lost) } else { Ok(value) }
            }
        }
    };
}
model!(GuardedWritten, Written, ask, Vec<u8>, 4, { 9 });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_hold_for_the_wrapper() {
        let mut one = GuardedMarked::new(0);
        assert!(one.unguarded().is_err());
        assert_eq!(one.inner(), &1);
        assert_eq!(one.roundabout().ok(), Some(3));
        assert_eq!(one.everywhere().ok(), Some(3));
        assert_eq!((one.used(), one.hidden(0, 0), one.allowed().ok()), (3, 0, Some(3)));
    }

    #[test]
    #[allow(deprecated)]
    fn old_methods_are_there() {
        let one = GuardedMarked::new(5);
        assert_eq!((one.old(), one.old_and_guarded().ok()), (5, Some(5)));
    }

    #[test]
    fn it_is_as_visible_as_the_trait() {
        assert_eq!((asked(3).ok(), asked_within(4).ok()), (Some(3), Some(4)));
    }

    #[test]
    fn macros_write_traits() {
        let mut one = GuardedWritten::new(0);
        assert_eq!((one.ask(vec![1]).ok(), one.inner()), (Some(vec![1]), &4));
        assert_eq!(<GuardedWritten<u32> as Written>::default(), 9);
    }
}
