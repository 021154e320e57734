//! What is returned says what it captures: for the wrapper that is its parameter. Not in the zoo, because
//! captures in traits are younger than the oldest compiler.
#![deny(warnings)]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use resilient::{decorator, retry};

use resilient_ui_tests::Fault;

/// Counts up to its number.
#[derive(Clone, Copy, Debug)]
pub struct Few(u32);

/// Of the trait's parameters and of the method's.
#[decorator(GuardedCounting)]
pub trait Counting<'a, T: Clone + 'a, const N: usize> {
    /// Borrows nothing.
    fn below(&self) -> impl Iterator<Item = u32> + use<'a, Self, T, N>;
    /// Borrows `self`.
    fn lent(&self) -> impl Iterator<Item = u32> + use<'_, 'a, Self, T, N>;
    /// Borrows something else.
    fn with<'x, U: Copy>(&self, other: &'x [U]) -> impl Iterator<Item = U> + use<'x, 'a, Self, T, U, N>;
    /// Guarded, and borrows nothing.
    ///
    /// # Errors
    /// At first.
    #[retry(backoff = none)]
    fn tried(&mut self) -> Result<impl Iterator<Item = u32> + use<'a, Self, T, N>, Fault>;
    /// Guarded, and borrows an argument.
    ///
    /// # Errors
    /// None.
    #[retry(backoff = none)]
    fn tried_with<'x, U: Copy>(
        &self,
        other: &'x [U],
    ) -> Result<impl Iterator<Item = U> + use<'x, 'a, Self, T, U, N>, Fault>;
    /// Guarded, later.
    #[retry(backoff = none)]
    fn later(&self, n: u32) -> impl Future<Output = Result<u32, Fault>> + Send + use<'_, 'a, Self, T, N>;
}

impl<'a, T: Clone + 'a> Counting<'a, T, 3> for Few {
    fn below(&self) -> impl Iterator<Item = u32> + use<'a, T> {
        0..self.0
    }

    fn lent(&self) -> impl Iterator<Item = u32> + use<'_, 'a, T> {
        std::iter::once(self).map(|few| few.0)
    }

    fn with<'x, U: Copy>(&self, other: &'x [U]) -> impl Iterator<Item = U> + use<'x, 'a, T, U> {
        other.iter().copied()
    }

    fn tried(&mut self) -> Result<impl Iterator<Item = u32> + use<'a, T>, Fault> {
        self.0 += 1;
        if self.0 < 3 { Err(Fault::Lost) } else { Ok(0..self.0) }
    }

    fn tried_with<'x, U: Copy>(
        &self,
        other: &'x [U],
    ) -> Result<impl Iterator<Item = U> + use<'x, 'a, T, U>, Fault> {
        Ok(other.iter().copied())
    }

    async fn later(&self, n: u32) -> Result<u32, Fault> {
        std::future::ready(()).await;
        Ok(self.0 + n)
    }
}

/// Without parameters.
#[decorator(GuardedListing)]
pub trait Listing {
    /// Captures what is wrapped alone.
    fn all(&self) -> impl Iterator<Item = u32> + use<Self>;
    /// Captures `self`, too.
    fn lent(&self) -> impl Iterator<Item = u32> + use<'_, Self>;
    /// Guarded.
    /// Guarded, and captures what is wrapped alone.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn tried(&self) -> Result<impl Iterator<Item = u32> + use<Self>, Fault>;
}

impl Listing for Few {
    fn all(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.0
    }

    fn lent(&self) -> impl Iterator<Item = u32> + use<'_> {
        std::iter::once(self).map(|few| few.0)
    }

    fn tried(&self) -> Result<impl Iterator<Item = u32> + use<>, Fault> {
        Ok(0..self.0)
    }
}

fn what_captures_no_self_outlives_it() {
    let all = GuardedListing::new(Few(3)).all();
    assert_eq!(all.count(), 3);
    let tried = GuardedListing::new(Few(3)).tried();
    assert_eq!(tried.map(Iterator::count).ok(), Some(3));
    let listing = GuardedListing::new(Few(3));
    assert_eq!(listing.lent().count(), 1);
}

fn parameters_are_captured_with_and_without_a_policy() {
    type Guarded = GuardedCounting<Few>;
    let others = [7, 8];
    let mut counting = Guarded::new(Few(0));
    let tried = Counting::<(), 3>::tried(&mut counting);
    let with = Counting::<(), 3>::with(&counting, &others);
    let tried_with = Counting::<(), 3>::tried_with(&counting, &others);
    {
        let later = pin!(Counting::<(), 3>::later(&counting, 4));
        let later = later.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(later, Poll::Ready(Ok(7))));
    }
    assert_eq!(Counting::<(), 3>::lent(&counting).last(), Some(3));
    let below = Counting::<(), 3>::below(&counting);
    assert!(Counting::<(), 3>::tried(&mut counting).is_ok(), "none of them borrows it");
    assert_eq!(below.count(), 3);
    assert_eq!((tried.map(Iterator::count).ok(), with.last()), (Some(3), Some(8)));
    assert_eq!(tried_with.ok().and_then(Iterator::last), Some(8));
}

fn main() {
    what_captures_no_self_outlives_it();
    parameters_are_captured_with_and_without_a_policy();
}
