//! Traits and methods with parameters of every kind.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use resilient::{Retryable, circuit_breaker, deadline, decorator, retry, timeout};

use crate::witness::Fault;

/// The name that the wrapper would have given its own parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct M(pub u8);

/// Whatever keeps values.
#[decorator(GuardedStore)]
pub trait Store<'a, K: Ord + 'a, V = M, const N: usize = 2>
where
    Self::Found: Debug,
    V: Clone + Into<Self::Found>,
    &'a K: PartialEq,
{
    /// What is found.
    type Found: PartialEq;
    /// What can go wrong.
    type Error;
    /// All of them.
    type All<'s>: Iterator<Item = &'s V>
    where
        Self: 's,
        V: 's;
    /// How many there are.
    const SIZE: usize;
    /// Twice as many.
    const DOUBLE: usize = Self::SIZE * 2;

    /// Finds the first.
    ///
    /// # Errors
    /// Without one.
    #[circuit_breaker(failure_threshold = 1000)]
    #[retry(backoff = none)]
    fn first(&self, of: &[K; N]) -> Result<Self::Found, Self::Error>;
    /// Nothing is known of the type by the arguments.
    fn size_of<T: Hash, const L: usize>(&self) -> usize;
    /// Both.
    fn text<'t, T>(&'t self, text: impl Display + 't, more: T) -> String
    where
        T: Display + 't;
    /// Lends.
    fn all(&self) -> Self::All<'_>;
    /// Gives back what it is lent.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn longer<'t>(&self, one: &'t str, other: &'t str) -> Result<&'t str, Self::Error>;
    /// Only of what can be cloned.
    fn copies(&self) -> Vec<Self::Found>
    where
        Self: Clone,
        Self::Found: Clone;
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Shelf(Vec<u16>);

/// Says what can be tried again.
#[derive(Debug, Retryable)]
#[retryable(transient)]
pub struct Missing(pub resilient::CircuitOpenError);

impl From<resilient::CircuitOpenError> for Missing {
    fn from(error: resilient::CircuitOpenError) -> Self {
        Self(error)
    }
}

impl<'a> Store<'a, &'a str, u16, 3> for Shelf {
    type Found = u64;
    type Error = Missing;
    type All<'s>
        = std::slice::Iter<'s, u16>
    where
        Self: 's;
    const SIZE: usize = 4;

    fn first(&self, of: &[&'a str; 3]) -> Result<u64, Missing> {
        Ok(of.iter().map(|key| key.len() as u64).sum())
    }

    fn size_of<T: Hash, const L: usize>(&self) -> usize {
        size_of::<T>() * L
    }

    fn text<'t, T>(&'t self, text: impl Display + 't, more: T) -> String
    where
        T: Display + 't,
    {
        format!("{text}{more}")
    }

    fn all(&self) -> std::slice::Iter<'_, u16> {
        self.0.iter()
    }

    fn longer<'t>(&self, one: &'t str, other: &'t str) -> Result<&'t str, Missing> {
        Ok(if one.len() > other.len() { one } else { other })
    }

    fn copies(&self) -> Vec<u64> {
        self.0.iter().copied().map(u64::from).collect()
    }
}

/// The error type is the trait's parameter, or the method's.
#[decorator(GuardedAsk)]
pub trait Ask<E> {
    /// Asks.
    ///
    /// # Errors
    /// The trait's.
    #[deadline(secs = 100)]
    #[retry]
    #[timeout(secs = 9)]
    fn ask(&self, n: u32) -> impl Future<Output = Result<u32, E>> + Send;
    /// Asks in its own way.
    ///
    /// # Errors
    /// The method's.
    #[retry]
    fn ask_as<F: Retryable + Send>(&self, n: u32) -> Result<u32, F>;
}

/// Answers.
#[derive(Clone, Copy, Debug)]
pub struct Answers;

impl Ask<Fault> for Answers {
    async fn ask(&self, n: u32) -> Result<u32, Fault> {
        std::future::ready(()).await;
        Ok(n)
    }

    fn ask_as<F: Retryable + Send>(&self, n: u32) -> Result<u32, F> {
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Guarded = GuardedStore<Shelf>;

    #[test]
    fn parameters_are_handed_on() {
        let shelf: Guarded = GuardedStore::new(Shelf(vec![1, 2]));
        assert_eq!(shelf.first(&["a", "bc", ""]).ok(), Some(3));
        assert_eq!(shelf.size_of::<u32, 5>(), 20);
        assert_eq!(shelf.text(1, 'x'), "1x");
        assert_eq!(shelf.all().count(), 2);
        assert_eq!(shelf.longer("a", "bc").ok(), Some("bc"));
        assert_eq!(shelf.copies(), [1, 2]);
        assert_eq!(<Guarded as Store<&str, u16, 3>>::SIZE, 4);
        assert_eq!(<Guarded as Store<&str, u16, 3>>::DOUBLE, 8);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_type_may_be_a_parameter() {
        let asked = GuardedAsk::new(Answers);
        let other = asked.clone();
        let one = tokio::spawn(async move { other.ask(1).await });
        assert!(matches!(one.await, Ok(Ok(1))));
        assert_eq!(asked.ask_as::<Fault>(2).ok(), Some(2));
    }
}
