//! Methods of traits: implementations, default methods, native async ones and those of `#[async_trait]`.

use resilient_zoo_stamp::each_policy;

/// Blocking methods, two of one name, and default ones.
#[each_policy]
pub mod owned {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Serves.
    #[derive(Clone, Copy, Debug)]
    pub struct Server(u32);

    impl Server {
        /// Of the same name as the trait's.
        #[guarded]
        pub fn ask(self, n: u32) -> Result<Served<u32>, Fault> {
            WITNESS.attempt((self, n))?;
            Ok((self.0 + n).into())
        }
    }

    /// Its associated function has another of the same name beside it.
    #[derive(Clone, Copy, Debug)]
    pub struct Other;

    impl Other {
        /// Of the same name as that of `Server`.
        #[guarded]
        pub fn ask(n: u32) -> Result<Served<u32>, Fault> {
            WITNESS.attempt(n)?;
            Ok(n.into())
        }
    }

    #[test]
    fn methods_of_one_name_do_not_meet() {
        WITNESS.check(POLICY, 3, || Server(1).ask(2));
        WITNESS.check(POLICY, 2, || Other::ask(2));
    }
}

/// Blocking methods of a trait.
#[each_policy(as_written)]
pub mod blocking {
    use std::fmt::Debug;
    use std::sync::Arc;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Answers.
    pub trait Answers: Debug + Send + Sync + 'static {
        /// What it is asked.
        type Question: Clone + Debug + Send + 'static;
        /// Of the implementation.
        const MORE: u32;

        /// Must be written.
        fn ask(self: Arc<Self>, question: Self::Question) -> Result<Served<u32>, Fault>;

        /// Is written here.
        #[guarded]
        fn ask_twice(
            self: Arc<Self>,
            first: Self::Question,
            second: Self::Question,
        ) -> Result<Served<u32>, Fault> {
            WITNESS.attempt((&first, &second))?;
            let answer = Arc::clone(&self).ask(first)?.into_inner();
            Ok((answer + self.ask(second)?.into_inner() + Self::MORE).into())
        }
    }

    /// Serves.
    #[derive(Debug)]
    pub struct Server(u32);

    impl Answers for Server {
        type Question = u32;
        const MORE: u32 = 100;

        #[guarded]
        fn ask(self: Arc<Self>, question: u32) -> Result<Served<u32>, Fault> {
            let Self(own) = &*self;
            Ok((own + question).into())
        }
    }

    #[test]
    fn methods_of_traits_are_guarded() {
        WITNESS.check(POLICY, 105, || Arc::new(Server(1)).ask_twice(1, 2));
    }
}

/// Native async methods.
#[each_policy(as_written)]
pub mod native {
    use std::fmt::Debug;
    use std::future::Future;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Answers.
    #[allow(async_fn_in_trait)]
    pub trait Answers: Debug + Sync {
        /// Must be written, and be sent.
        fn sent(&self, n: u32) -> impl Future<Output = Result<Served<u32>, Fault>> + Send;

        /// Must be written.
        async fn ask(&mut self, name: String) -> Result<Served<usize>, Fault>;

        /// Is written here.
        #[guarded]
        async fn ask_twice(&self, n: u32, more: u32) -> Result<Served<u32>, Fault> {
            WITNESS.attempt_later((self, n, more)).await?;
            let first = self.sent(n).await?.into_inner();
            Ok((first + self.sent(more).await?.into_inner()).into())
        }

        /// Is written here, and is sent.
        #[guarded]
        fn sent_twice(&self, n: u32) -> impl Future<Output = Result<Served<u32>, Fault>> + Send {
            async move { Ok((self.sent(n).await?.into_inner() * 2).into()) }
        }
    }

    /// Serves.
    #[derive(Debug)]
    pub struct Server(u32);

    impl Answers for Server {
        #[guarded]
        async fn sent(&self, n: u32) -> Result<Served<u32>, Fault> {
            Ok((self.0 + n).into())
        }

        #[guarded]
        async fn ask(&mut self, name: String) -> Result<Served<usize>, Fault> {
            self.0 += 1;
            WITNESS.attempt_later(&name).await?;
            Ok(name.len().into())
        }
    }

    #[test]
    fn methods_of_traits_are_guarded() {
        let server = Server(1);
        WITNESS.check(POLICY, 5, || server.ask_twice(1, 2));
        WITNESS.check(POLICY, 3, async || Server(1).ask("abc".into()).await);
        let (came, _) = WITNESS.watch(0, &mut || server.sent_twice(2));
        assert_eq!(came.ok().as_deref(), Some(&6));
    }
}

/// Below `#[async_trait]`, which rewrites first.
#[each_policy(as_written)]
pub mod rewritten {
    use std::fmt::Debug;
    use std::sync::Arc;

    use async_trait::async_trait;
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Answers, also as an object.
    #[async_trait]
    pub trait Answers: Debug + Send + Sync {
        /// Must be written.
        async fn lent(&self, name: &str, n: u32) -> Result<Served<String>, Fault>;
        /// Must be written.
        async fn exclusive(&mut self, list: &mut Vec<usize>) -> Result<Served<usize>, Fault>;
        /// Must be written.
        async fn owned(self: Arc<Self>, text: String) -> Result<Served<String>, Fault>;
        /// Must be written.
        async fn without_self(both: (u32, u32)) -> Result<Served<u32>, Fault>
        where
            Self: Sized;

        /// Is written here.
        #[guarded]
        async fn provided(&self, mut text: String) -> Result<Served<String>, Fault> {
            text.push('!');
            WITNESS.attempt_later((&text, self)).await?;
            Ok(text.into())
        }
    }

    /// Serves.
    #[derive(Clone, Debug)]
    pub struct Server<T>(T);

    impl<T> Server<T> {
        const NAME: &'static str = "server";
    }

    #[async_trait]
    impl<T: Clone + Debug + Send + Sync + 'static> Answers for Server<T> {
        #[guarded]
        async fn lent(&self, name: &str, n: u32) -> Result<Served<String>, Fault> {
            WITNESS.attempt_later((&self.0, name, n)).await?;
            Ok(format!("{}{name}{n}", Self::NAME).into())
        }

        #[guarded]
        async fn exclusive(&mut self, list: &mut Vec<usize>) -> Result<Served<usize>, Fault> {
            list.push(1);
            WITNESS.attempt_later(()).await?;
            Ok(list.len().into())
        }

        #[guarded]
        async fn owned(self: Arc<Self>, text: String) -> Result<Served<String>, Fault> {
            WITNESS.attempt_later((&self, &text)).await?;
            let Self(own) = &*self;
            Ok(format!("{own:?}{text}").into())
        }

        #[guarded]
        async fn without_self((a, mut b): (u32, u32)) -> Result<Served<u32>, Fault> {
            b += 1;
            WITNESS.attempt_later((a, b)).await?;
            Ok((a + b).into())
        }
    }

    #[test]
    fn methods_are_run_and_not_only_made() {
        let server: &dyn Answers = &Server(7);
        WITNESS.check(POLICY, "servern1", || server.lent("n", 1));
        WITNESS.check(POLICY, "a!", || server.provided("a".into()));
        WITNESS.check(POLICY, "7a", || Arc::new(Server(7)).owned("a".into()));
        WITNESS.check(POLICY, 6, || Server::<u32>::without_self((2, 3)));
        let exclusive = async || Server(7).exclusive(&mut Vec::new()).await;
        WITNESS.check_changing(POLICY, |runs| runs, exclusive);
    }
}
