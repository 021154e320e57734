//! What is old in a trait is told to those who use it, and never of what is written for the wrapper.

use resilient::{decorator, retry};

use crate::witness::Fault;

/// In the signatures of a trait that allows it.
#[deprecated]
#[derive(Clone, Copy, Debug, Default)]
pub struct Old(pub u32);

/// Speaks of old types.
#[decorator(GuardedSpeaking)]
#[allow(deprecated)]
pub trait Speaking: From<Old> {
    /// What it answers.
    type Answer: From<Old>;
    /// What it begins with.
    const FIRST: Old;
    /// Asks.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn ask(&self, old: Old) -> Result<Old, Fault>;
    /// Not guarded.
    fn plain(&self, old: Old) -> Self::Answer;
}

#[allow(deprecated)]
impl<M: Speaking> From<Old> for GuardedSpeaking<M> {
    fn from(old: Old) -> Self {
        Self::new(old.into())
    }
}

#[allow(deprecated)]
impl Speaking for Old {
    type Answer = Self;
    const FIRST: Self = Self(1);

    fn ask(&self, old: Old) -> Result<Old, Fault> {
        Ok(Self(self.0 + old.0))
    }

    fn plain(&self, old: Old) -> Self {
        old
    }
}

/// Old itself.
#[decorator(GuardedAncient)]
#[allow(deprecated)]
#[deprecated(note = "ask another")]
pub trait Ancient<T> {
    /// What goes wrong.
    type Error;
    /// Asks.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn ask(&self) -> Result<u32, Self::Error>;
}

#[allow(deprecated)]
impl Ancient<u8> for u32 {
    type Error = Fault;

    fn ask(&self) -> Result<u32, Fault> {
        Ok(*self)
    }
}

/// Has old members.
#[decorator(GuardedAging)]
pub trait Aging {
    /// Old.
    #[deprecated]
    const OLD: u32;
    /// Old, and of no consequence.
    #[cfg_attr(all(), deprecated)]
    type Old;
    /// Old, and what the wrapper demands something of.
    #[deprecated]
    type Error;
    /// Asks.
    ///
    /// # Errors
    /// None.
    #[retry]
    #[allow(deprecated)]
    fn ask(&self) -> Result<u32, Self::Error>;
}

impl Aging for u32 {
    const OLD: Self = 1;
    type Old = u8;
    type Error = Fault;

    fn ask(&self) -> Result<u32, Fault> {
        Ok(*self)
    }
}

#[cfg(test)]
#[allow(deprecated)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_is_handed_on() {
        let speaking = GuardedSpeaking::<Old>::from(Old(2));
        assert_eq!(speaking.ask(Old(3)).ok().map(|old| old.0), Some(5));
        assert_eq!((speaking.plain(Old(4)).0, GuardedSpeaking::<Old>::FIRST.0), (4, 1));
        assert_eq!(GuardedAncient::new(6).ask().ok(), Some(6));
        assert_eq!((GuardedAging::new(7).ask().ok(), GuardedAging::<u32>::OLD), (Some(7), 1));
    }
}
