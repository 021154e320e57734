//! Traits above the trait: those that come by themselves, and those that the user implements.

use std::fmt::{self, Debug, Display};

use resilient::{decorator, retry};

use crate::witness::Fault;

/// What every wrapper is if what is wrapped is.
#[decorator(GuardedEasy)]
pub trait Easy: Clone + Debug + Send + Sync + Unpin + 'static {
    /// Asks.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn ask(&self) -> Result<u32, Fault>;
}

impl Easy for u32 {
    fn ask(&self) -> Result<u32, Fault> {
        Ok(*self)
    }
}

/// Has a name.
pub trait Named {
    /// Its name.
    type Name: Display;
    /// Says it.
    fn name(&self) -> Self::Name;
}

/// One of those, and what can be shown.
#[decorator(GuardedAsk)]
pub trait Ask: Named + Display
where
    Self: Sized,
    Self::Name: PartialEq,
{
    /// Asks.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn ask(&self, who: Self::Name) -> Result<u32, Fault>
    where
        Self::Name: Clone;
}

impl<M: Named> Named for GuardedAsk<M> {
    type Name = M::Name;

    fn name(&self) -> M::Name {
        self.inner().name()
    }
}

impl<M: Display> Display for GuardedAsk<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "guarded {}", self.inner())
    }
}

impl Named for u32 {
    type Name = char;

    fn name(&self) -> char {
        'u'
    }
}

impl Ask for u32 {
    fn ask(&self, who: char) -> Result<Self, Fault> {
        Ok(if who == 'u' { *self } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_come_by_themselves() {
        fn is_easy(one: &impl Easy) -> Option<u32> {
            one.ask().ok()
        }
        let one = GuardedEasy::new(3_u32);
        assert_eq!(format!("{one:?}"), "GuardedEasy { inner: 3, config: None }");
        assert_eq!(is_easy(&one), Some(3));
    }

    #[test]
    fn others_are_the_users() {
        let one = GuardedAsk::new(3_u32);
        assert_eq!((one.ask(one.name()).ok(), one.to_string()), (Some(3), "guarded 3".into()));
    }
}
