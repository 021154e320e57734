//! All ways to take `self`, and arguments that are `Self`.

use std::sync::Arc;

use resilient::{decorator, retry};

use crate::witness::Fault;

/// Takes itself in every way.
#[decorator(GuardedTaken)]
pub trait Taken: Clone {
    /// Left to the default.
    const NONE: Option<Self> = None;
    /// Without a `self`.
    fn made(n: u32) -> u32;
    /// Without a `self`, and retried.
    ///
    /// # Errors
    /// At first.
    #[retry(backoff = none)]
    fn made_at_last(tries: &mut u32) -> Result<u32, Fault>;
    /// Shared.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn shared(&self, n: u32) -> Result<u32, Fault>;
    /// Mutable.
    ///
    /// # Errors
    /// At first.
    #[retry(backoff = none)]
    fn mutable(&mut self) -> Result<u32, Fault>;
    /// By value.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn value(self) -> Result<u32, Fault>;
    /// By value, in a box.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn boxed(self: Box<Self>) -> Result<u32, Fault>;
    /// Written out.
    ///
    /// # Errors
    /// None.
    #[retry]
    #[allow(clippy::needless_arbitrary_self_type)]
    fn typed(self: &Self) -> Result<u32, Fault>;
    /// Two of them.
    fn sum(&self, other: &Self) -> u32;
    /// Takes over.
    fn take_over(&mut self, other: Self);
    /// Both lose.
    fn swap_with(&mut self, other: &mut Self);
    /// Left to the default.
    fn counted(self: Arc<Self>) -> u32 {
        self.shared(1).unwrap_or_default()
    }
    /// Left to the default.
    #[must_use]
    fn twice(self) -> (Self, Self)
    where
        Self: Sized,
    {
        (self.clone(), self)
    }
}

/// Counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter(u32);

impl Taken for Counter {
    fn made(n: u32) -> u32 {
        n + 1
    }

    fn made_at_last(tries: &mut u32) -> Result<u32, Fault> {
        *tries += 1;
        if *tries == 3 { Ok(*tries) } else { Err(Fault::Lost) }
    }

    fn shared(&self, n: u32) -> Result<u32, Fault> {
        Ok(self.0 + n)
    }

    fn mutable(&mut self) -> Result<u32, Fault> {
        self.0 += 1;
        if self.0 % 3 == 0 { Ok(self.0) } else { Err(Fault::Lost) }
    }

    fn value(self) -> Result<u32, Fault> {
        Ok(self.0)
    }

    fn boxed(self: Box<Self>) -> Result<u32, Fault> {
        Ok(self.0)
    }

    fn typed(&self) -> Result<u32, Fault> {
        Ok(self.0)
    }

    fn sum(&self, other: &Self) -> u32 {
        self.0 + other.0
    }

    fn take_over(&mut self, other: Self) {
        self.0 += other.0;
    }

    fn swap_with(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.0, &mut other.0);
    }

    fn counted(self: Arc<Self>) -> u32 {
        100
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_receiver_is_handed_on() {
        let mut one = GuardedTaken::new(Counter(7));
        assert_eq!(GuardedTaken::<Counter>::made(1), 2);
        assert_eq!(GuardedTaken::<Counter>::made_at_last(&mut 0).ok(), Some(3));
        assert_eq!(one.shared(1).ok(), Some(8));
        assert_eq!(one.mutable().ok(), Some(9), "tried again");
        assert_eq!(one.typed().ok(), Some(9));
        assert_eq!(one.clone().value().ok(), Some(9));
        assert_eq!(Box::new(one.clone()).boxed().ok(), Some(9));
        let mut other = one.clone();
        other.take_over(one.clone());
        assert_eq!((one.sum(&other), other.inner()), (27, &Counter(18)));
        one.swap_with(&mut other);
        assert_eq!((one.inner(), other.inner()), (&Counter(18), &Counter(9)));
    }

    #[test]
    fn what_cannot_be_handed_on_is_left_to_the_default() {
        let one = GuardedTaken::new(Counter(7));
        assert_eq!(Arc::new(one.clone()).counted(), 8, "not the 100 of what is wrapped");
        assert!(GuardedTaken::<Counter>::NONE.is_none());
        let (left, right) = one.twice();
        assert_eq!(left.into_inner(), right.into_inner());
    }
}
