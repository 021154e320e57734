//! Where guarded futures may go: to other threads, or be moved after they were polled, exactly where
//! those of the plain functions may.

use std::marker::PhantomData;

use resilient_zoo_stamp::each_policy;

/// Asks whether a type is `Send`, `Sync` and `Unpin`.
#[derive(Debug)]
pub struct Ask<T>(PhantomData<T>);

impl<T> Ask<T> {
    /// About the type of a value.
    pub const fn about(_: &T) -> Self {
        Self(PhantomData)
    }
}

/// Of a type that is not.
pub trait No {
    /// It is not.
    fn is_send(&self) -> bool {
        false
    }
    /// It is not.
    fn is_sync(&self) -> bool {
        false
    }
    /// It is not.
    fn is_unpin(&self) -> bool {
        false
    }
}

impl<T> No for Ask<T> {}

impl<T: Send> Ask<T> {
    /// It is.
    #[must_use]
    pub const fn is_send(&self) -> bool {
        true
    }
}

impl<T: Sync> Ask<T> {
    /// It is.
    #[must_use]
    pub const fn is_sync(&self) -> bool {
        true
    }
}

impl<T: Unpin> Ask<T> {
    /// It is.
    #[must_use]
    pub const fn is_unpin(&self) -> bool {
        true
    }
}

#[cfg(test)]
macro_rules! auto_traits {
    ($value:expr) => {{
        let value = $value;
        let ask = Ask::about(&value);
        (ask.is_send(), ask.is_sync(), ask.is_unpin())
    }};
}

/// A function for each combination that there is.
#[each_policy(as_written)]
#[allow(clippy::future_not_send, clippy::unused_async)]
pub mod futures {
    use std::cell::Cell;
    use std::future::Future;
    use std::pin::Pin;
    use std::rc::Rc;

    use resilient_zoo::prelude::*;

    /// Everything.
    #[guarded]
    pub async fn all(text: String) -> Result<Served<usize>, Fault> {
        tokio::task::yield_now().await;
        Ok(text.len().into())
    }

    /// Has an argument that stays on its thread.
    #[guarded]
    pub async fn argument_stays(text: Rc<str>) -> Result<Served<usize>, Fault> {
        tokio::task::yield_now().await;
        Ok(text.len().into())
    }

    /// Has a local that stays on its thread, while it waits.
    #[guarded]
    pub async fn local_stays(n: u32) -> Result<Served<u32>, Fault> {
        let kept = Rc::new(n);
        tokio::task::yield_now().await;
        Ok((*kept).into())
    }

    /// Has a local that stays on its thread, but not while it waits.
    #[guarded]
    pub async fn local_leaves(n: u32) -> Result<Served<u32>, Fault> {
        let number = *Rc::new(n);
        tokio::task::yield_now().await;
        Ok(number.into())
    }

    /// Can be sent and not shared.
    #[guarded]
    pub async fn not_shared(cell: Cell<u32>) -> Result<Served<u32>, Fault> {
        tokio::task::yield_now().await;
        Ok(cell.get().into())
    }

    /// Returns what stays on its thread.
    #[guarded]
    pub async fn value_stays(n: u32) -> Result<Served<Option<Rc<u32>>>, Fault> {
        tokio::task::yield_now().await;
        Ok(Some(Rc::new(n)).into())
    }

    /// Says what it is.
    #[guarded]
    pub fn said(n: u32) -> impl Future<Output = Result<Served<u32>, Fault>> + Send + Sync + Unpin {
        std::future::ready(Ok(n.into()))
    }

    /// Says what it is, in a box.
    #[guarded]
    pub fn boxed(n: u32) -> Pin<Box<dyn Future<Output = Result<Served<u32>, Fault>> + Send + Sync>> {
        Box::pin(async move { Ok(n.into()) })
    }

    /// Borrows through a closure for all lifetimes.
    #[guarded]
    pub async fn closure(list: &[u32], of: &(impl Fn(&u32) -> u32 + Sync)) -> Result<Served<u32>, Fault> {
        let mut sum = 0;
        for n in list.iter().map(|n: &u32| of(n)) {
            tokio::task::yield_now().await;
            sum += n;
        }
        Ok(sum.into())
    }

    #[test]
    fn they_are_what_the_plain_ones_are() {
        use resilient_zoo::same::auto_traits::{Ask, No as _};
        let one = |n: &u32| *n;
        macro_rules! same {
            ($($name:ident($($argument:expr),*) $expected:expr;)*) => {$(
                let plain = auto_traits!(super::plain::$name($($argument),*));
                assert_eq!(plain, $expected, "the plain {}", stringify!($name));
                assert_eq!(auto_traits!($name($($argument),*)), plain, "{}", stringify!($name));
            )*};
        }
        same! {
            all(String::new()) (true, true, false);
            argument_stays("a".into()) (false, false, false);
            local_stays(1) (false, false, false);
            local_leaves(1) (true, true, false);
            not_shared(Cell::new(1)) (true, false, false);
            value_stays(1) (true, true, false);
            said(1) (true, true, true);
            boxed(1) (true, true, true);
            closure(&[1], &one) (true, true, false);
        }
        let _ = POLICY;
    }
}
