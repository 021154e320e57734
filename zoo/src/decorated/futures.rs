//! All ways for a method to be async, with the future that may be sent and with the one that may not.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use async_trait::async_trait;
use resilient::{circuit_breaker, deadline, decorator, fallback, retry, timeout};

use crate::prelude::Served;
use crate::witness::Fault;

/// With the policies above `#[async_trait]`. The trait itself promises nothing of threads.
#[decorator(GuardedSent)]
#[async_trait]
pub trait Sent {
    /// What can go wrong.
    type Error;
    /// Shared.
    #[retry]
    #[timeout(secs = 9)]
    async fn shared(&self, text: String) -> Result<usize, Self::Error>;
    /// Mutable.
    #[circuit_breaker(failure_threshold = 1000)]
    async fn mutable(&mut self, text: &str) -> Result<usize, Self::Error>;
    /// By value.
    async fn value(self) -> u32;
    /// In a box.
    async fn boxed(self: Box<Self>, list: &mut Vec<u32>);
    /// Without `self`.
    async fn made(n: u32) -> u32;
    /// By default.
    async fn default(&self) -> u32 {
        1
    }
    /// Of any type.
    #[retry]
    async fn any<T: Into<u64> + Clone + Send, const L: usize>(
        &self,
        values: [T; L],
        more: impl Into<u64> + Clone + Send + 'static,
    ) -> Result<u64, Self::Error>;
    /// Not async.
    fn plain(&self) -> u32;
    /// One after the other.
    fn items(&self) -> Box<dyn Iterator<Item = u32> + Send + '_>;
}

/// With the policies below `#[async_trait]`, which has made plain functions of the methods.
#[async_trait]
#[decorator(GuardedBelow)]
pub trait Below {
    /// What can go wrong.
    type Error;
    /// Shared.
    #[retry]
    #[timeout(secs = 9)]
    async fn shared(&self, text: String) -> Result<usize, Self::Error>;
    /// Mutable.
    #[deadline(secs = 9)]
    async fn mutable(&mut self, text: &str) -> Result<usize, Self::Error>;
    /// By default.
    async fn default(&self) -> u32 {
        1
    }
}

/// On one thread.
#[decorator(GuardedStays)]
#[async_trait(?Send)]
pub trait Stays {
    /// What can go wrong.
    type Error;
    /// Shared.
    #[retry]
    #[timeout(secs = 9)]
    async fn shared(&self, text: Rc<String>) -> Result<usize, Self::Error>;
}

/// As the language has it.
#[decorator(GuardedNative)]
#[allow(async_fn_in_trait)]
pub trait Native {
    /// What can go wrong.
    type Error;
    /// Shared.
    ///
    /// # Errors
    /// Its own.
    #[fallback(default = 0)]
    #[deadline(secs = 99)]
    #[circuit_breaker(failure_threshold = 1000)]
    #[retry]
    #[timeout(secs = 9)]
    async fn shared(&self, text: String) -> Result<Served<usize>, Self::Error>;
    /// Mutable.
    ///
    /// # Errors
    /// Its own.
    #[retry(backoff = none)]
    async fn mutable(&mut self) -> Result<u32, Self::Error>;
    /// Not guarded.
    async fn plain(&self) -> u32;
}

/// As it was written before.
#[decorator(GuardedByHand)]
pub trait ByHand {
    /// What can go wrong.
    type Error;
    /// Shared.
    #[retry]
    fn shared<'s>(
        &'s self,
        text: String,
    ) -> Pin<Box<dyn Future<Output = Result<usize, Self::Error>> + Send + 's>>;
    /// Any future.
    #[retry]
    #[timeout(secs = 9)]
    fn any(&self, text: String) -> impl Future<Output = Result<usize, Self::Error>> + Send;
    /// Not guarded.
    fn plain(&self) -> impl Future<Output = u32> + Send;
    /// Not a future.
    fn items(&self) -> impl Iterator<Item = u32>;
}

/// Implements all of them.
#[derive(Clone, Debug, Default)]
pub struct Length(u32);

#[async_trait]
impl Sent for Length {
    type Error = Fault;

    async fn shared(&self, text: String) -> Result<usize, Fault> {
        Ok(text.len())
    }

    async fn mutable(&mut self, text: &str) -> Result<usize, Fault> {
        self.0 += 1;
        Ok(text.len())
    }

    async fn value(self) -> u32 {
        self.0
    }

    async fn boxed(self: Box<Self>, list: &mut Vec<u32>) {
        list.push(self.0);
    }

    async fn made(n: u32) -> u32 {
        n
    }

    async fn any<T: Into<u64> + Clone + Send, const L: usize>(
        &self,
        values: [T; L],
        more: impl Into<u64> + Clone + Send + 'static,
    ) -> Result<u64, Fault> {
        Ok(values.into_iter().map(Into::into).sum::<u64>() + more.into())
    }

    fn plain(&self) -> u32 {
        self.0
    }

    fn items(&self) -> Box<dyn Iterator<Item = u32> + Send + '_> {
        Box::new(0..self.0)
    }
}

#[async_trait]
impl Below for Length {
    type Error = Fault;

    async fn shared(&self, text: String) -> Result<usize, Fault> {
        Ok(text.len())
    }

    async fn mutable(&mut self, text: &str) -> Result<usize, Fault> {
        self.0 += 1;
        Ok(text.len())
    }

    async fn default(&self) -> u32 {
        2
    }
}

/// Not for other threads.
#[derive(Clone, Debug, Default)]
pub struct Local(Rc<Cell<u32>>);

#[async_trait(?Send)]
impl Stays for Local {
    type Error = Fault;

    async fn shared(&self, text: Rc<String>) -> Result<usize, Fault> {
        self.0.set(self.0.get() + 1);
        if self.0.get() < 3 { Err(Fault::Lost) } else { Ok(text.len()) }
    }
}

#[allow(clippy::future_not_send)]
impl Native for Local {
    type Error = Fault;

    async fn shared(&self, text: String) -> Result<Served<usize>, Fault> {
        std::future::ready(()).await;
        Ok(text.len().into())
    }

    async fn mutable(&mut self) -> Result<u32, Fault> {
        std::future::ready(()).await;
        self.0.set(self.0.get() + 1);
        if self.0.get() < 3 { Err(Fault::Lost) } else { Ok(self.0.get()) }
    }

    async fn plain(&self) -> u32 {
        std::future::ready(self.0.get()).await
    }
}

impl ByHand for Length {
    type Error = Fault;

    fn shared<'s>(&'s self, text: String) -> Pin<Box<dyn Future<Output = Result<usize, Fault>> + Send + 's>> {
        Box::pin(async move { Ok(text.len()) })
    }

    async fn any(&self, text: String) -> Result<usize, Fault> {
        std::future::ready(Ok(text.len())).await
    }

    async fn plain(&self) -> u32 {
        std::future::ready(self.0).await
    }

    fn items(&self) -> impl Iterator<Item = u32> {
        0..self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn above_async_trait() {
        let task = tokio::spawn(async {
            let mut one = GuardedSent::new(Length(3));
            assert_eq!(one.shared("a".into()).await.ok(), Some(1));
            assert_eq!(one.mutable("ab").await.ok(), Some(2));
            assert_eq!(one.any([1_u8, 2], 3_u16).await.ok(), Some(6));
            assert_eq!(one.items().count(), 4);
            let mut list = Vec::new();
            Box::new(one.clone()).boxed(&mut list).await;
            assert_eq!((list, one.plain(), Sent::default(&one).await), (vec![4], 4, 1));
            assert_eq!(GuardedSent::<Length>::made(5).await, 5);
            one.value().await
        });
        assert_eq!(task.await.ok(), Some(4));
    }

    #[tokio::test(start_paused = true)]
    async fn below_async_trait() {
        let task = tokio::spawn(async {
            let mut one = GuardedBelow::new(Length(3));
            assert_eq!(one.shared("a".into()).await.ok(), Some(1));
            assert_eq!(one.mutable("ab").await.ok(), Some(2));
            (Below::default(&one).await, one.into_inner().0)
        });
        assert_eq!(task.await.ok(), Some((2, 4)));
    }

    #[tokio::test(start_paused = true)]
    async fn on_one_thread() {
        let one = GuardedStays::new(Local::default());
        assert_eq!(one.shared(Rc::new("a".into())).await.ok(), Some(1));
        assert_eq!(one.inner().0.get(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn native() {
        let mut one = GuardedNative::new(Local::default());
        assert!(one.shared("a".into()).await.is_ok_and(|length| *length == 1));
        assert_eq!(one.mutable().await.ok(), Some(3));
        assert_eq!(one.plain().await, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn by_hand() {
        let task = tokio::spawn(async {
            let one = GuardedByHand::new(Length(3));
            assert_eq!(one.shared("a".into()).await.ok(), Some(1));
            assert_eq!(one.any("ab".into()).await.ok(), Some(2));
            assert_eq!(one.items().count(), 3);
            one.plain().await
        });
        assert_eq!(task.await.ok(), Some(3));
    }
}
