//! Functions that are async by another name: they return a future that they make.

use resilient_zoo_stamp::each_policy;

/// `-> impl Future`.
#[each_policy(as_written)]
pub mod returned {
    use std::future::{Future, ready};

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();
    static BEFORE: Witness = Witness::new();

    /// What is done before the future is done by every attempt.
    #[guarded]
    pub fn with_a_beginning(
        text: String,
        mut n: u32,
    ) -> impl Future<Output = Result<Served<String>, Fault>> + Send {
        n += 1;
        let before = BEFORE.attempt((&text, n));
        async move {
            before?;
            WITNESS.attempt_later((&text, n)).await?;
            Ok(format!("{text}{n}").into())
        }
    }

    /// Nothing before it, and two ways out.
    #[guarded]
    #[allow(clippy::manual_async_fn)]
    pub fn bare(text: &str) -> impl Future<Output = Result<Served<usize>, Fault>> {
        async move {
            WITNESS.attempt_later(text).await?;
            Ok(text.len().into())
        }
    }

    /// Made by another function.
    #[guarded]
    pub fn forwarded(n: u32, _more: &mut u32) -> impl Future<Output = Result<Served<u32>, Fault>> {
        ready(WITNESS.attempt(n).map(|()| n.into()))
    }

    #[test]
    fn each_attempt_makes_its_own() {
        WITNESS.check(POLICY, "a2", || with_a_beginning("a".into(), 1));
        let attempts = if POLICY.repeats { 3 } else { 1 };
        let (came, before) = BEFORE.watch(1, &mut || with_a_beginning("a".into(), 1));
        assert_eq!(before, vec!["(\"a\", 2)"; attempts.min(2)], "whole, each time");
        assert_eq!(came.is_ok_and(|served| !served.is_degraded()), POLICY.repeats);
        WITNESS.check(POLICY, 1, || bare("a"));
        WITNESS.check(POLICY, 5, async || forwarded(5, &mut 1).await);
    }
}

/// `-> Pin<Box<dyn Future>>`, and what futures-rs calls it.
#[each_policy(as_written)]
pub mod boxed {
    use std::future::Future;
    use std::pin::Pin;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();
    static BEFORE: Witness = Witness::new();

    /// As futures-rs has it.
    pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

    /// Has a name.
    #[derive(Clone, Debug)]
    pub struct Named(String);

    /// A block and nothing else.
    #[guarded]
    pub fn bare(mut text: String) -> Pin<Box<dyn Future<Output = Result<Served<String>, Fault>> + Send>> {
        Box::pin(async move {
            text.push('!');
            WITNESS.attempt_later(&text).await?;
            Ok(text.into())
        })
    }

    /// Something before the block, and a way out before it.
    #[guarded]
    pub fn with_a_beginning<'a>(
        text: &'a str,
        list: &'a mut Vec<u32>,
    ) -> Pin<Box<dyn Future<Output = Result<Served<usize>, Fault>> + Send + 'a>> {
        list.push(1);
        let before = BEFORE.attempt(text);
        if let Err(fault) = before {
            return Box::pin(std::future::ready(Err(fault)));
        }
        Box::pin(async move {
            list.push(2);
            WITNESS.attempt_later(text).await?;
            Ok((text.len() + list.len()).into())
        })
    }

    /// Not to be sent.
    #[guarded]
    pub fn local(text: &str) -> Pin<Box<dyn Future<Output = Result<Served<usize>, Fault>> + '_>> {
        let length = std::rc::Rc::new(text.len());
        Box::pin(async move {
            WITNESS.attempt_later(text).await?;
            Ok((*length).into())
        })
    }

    impl Named {
        /// By its alias, with a receiver that lends.
        #[guarded]
        pub fn aliased(&self, more: u32) -> BoxFuture<'_, Result<Served<String>, Fault>> {
            Box::pin(async move {
                WITNESS.attempt_later((self, more)).await?;
                Ok(format!("{}{more}", self.0).into())
            })
        }

        /// A receiver that gives.
        #[guarded]
        pub fn given(self) -> BoxFuture<'static, Result<Served<String>, Fault>> {
            let length = self.0.len();
            Box::pin(async move {
                WITNESS.attempt_later(&self).await?;
                Ok(format!("{}{length}", self.0).into())
            })
        }
    }

    #[test]
    fn each_attempt_makes_its_own() {
        WITNESS.check(POLICY, "a!", || bare("a".into()));
        let named = Named("n".into());
        WITNESS.check(POLICY, "n2", || named.aliased(2));
        WITNESS.check(POLICY, "n1", || named.clone().given());
        WITNESS.check(POLICY, 3, || local("abc"));
        let pushed = async || with_a_beginning("abc", &mut Vec::new()).await;
        WITNESS.check_changing(POLICY, |runs| 3 + 2 * runs, pushed);
        let attempts = if POLICY.repeats { 3 } else { 1 };
        let (_, before) = BEFORE.watch(1, &mut async || with_a_beginning("abc", &mut Vec::new()).await);
        assert_eq!(before.len(), attempts.min(2));
    }
}
