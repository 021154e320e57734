//! Receivers: every way to take `self`, and everything that is said of it in a body.

use resilient_zoo_stamp::each_policy;

/// Receivers that own what they receive.
#[each_policy]
pub mod owned {
    use std::sync::Arc;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Has some.
    #[derive(Clone, Debug, Default)]
    pub struct Basket {
        apples: u32,
        owner: String,
    }

    /// Has none that owns anything.
    #[derive(Clone, Copy, Debug)]
    pub struct Unit;

    impl Basket {
        const MORE: u32 = 10;

        /// By value, taken apart, with a nested function and a type that have a `self` of their own.
        #[guarded]
        pub fn value(self, more: u32) -> Result<Served<u32>, Fault> {
            #[derive(Debug)]
            struct Inner(u32);
            impl Inner {
                const fn get(&self) -> u32 {
                    self.0
                }
            }
            let inner = Inner(more);
            WITNESS.attempt((&self, &inner))?;
            let Self { apples, .. } = self;
            Ok((apples + inner.get() + Self::MORE).into())
        }

        /// By value and `mut`; named in macros, closures and formats.
        #[guarded]
        #[allow(clippy::needless_pass_by_value)]
        pub fn changed(mut self, more: Self) -> Result<Served<String>, Fault> {
            self.apples += more.apples;
            let add = |n: u32| self.apples + n;
            let added = add(1);
            self.owner.push_str("me");
            WITNESS.attempt((&self, &more, format!("{self:?}")))?;
            Ok(if matches!(self, Self { apples: 2, .. }) {
                format!("{}{added}", self.owner)
            } else {
                self.owner
            }
            .into())
        }

        /// Shared.
        #[guarded]
        pub fn shared(self: Arc<Self>, more: u32) -> Result<Served<u32>, Fault> {
            let another = Self { apples: self.apples + more, ..(*self).clone() };
            WITNESS.attempt(&another)?;
            Ok(another.apples.into())
        }

        /// Boxed and `mut`.
        #[guarded]
        #[allow(clippy::boxed_local)]
        pub fn boxed(mut self: Box<Self>) -> Result<Served<u32>, Fault> {
            self.apples += 1;
            WITNESS.attempt(&self)?;
            let Self { apples, .. } = *self;
            Ok(apples.into())
        }

        /// Never named.
        #[guarded]
        #[allow(clippy::boxed_local)]
        pub fn unread(self: Box<Self>, n: u32) -> Result<Served<u32>, Fault> {
            WITNESS.attempt(n)?;
            Ok(n.into())
        }
    }

    impl Unit {
        /// `Copy`.
        #[guarded]
        pub fn copied(self) -> Result<Served<String>, Fault> {
            WITNESS.attempt(self)?;
            Ok(format!("{self:?}").into())
        }
    }

    #[test]
    fn attempts_have_what_was_received() {
        let basket = || Basket { apples: 1, owner: String::new() };
        WITNESS.check(POLICY, 16, || basket().value(5));
        WITNESS.check(POLICY, "me3", || basket().changed(basket()));
        WITNESS.check(POLICY, 3, || Arc::new(basket()).shared(2));
        WITNESS.check(POLICY, 2, || Box::new(basket()).boxed());
        WITNESS.check(POLICY, 4, || Box::new(basket()).unread(4));
        WITNESS.check(POLICY, "Unit", || Unit.copied());
    }
}

/// Receivers that borrow.
#[each_policy(borrows)]
pub mod borrowed {
    use std::pin::Pin;
    use std::rc::Rc;
    use std::sync::Arc;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Has some.
    #[derive(Debug, Default)]
    pub struct Basket {
        apples: u32,
        eaten: Vec<u32>,
    }

    impl Basket {
        /// Shared.
        #[guarded]
        pub fn shared(&self, name: &str) -> Result<Served<String>, Fault> {
            WITNESS.attempt((self, name))?;
            Ok(format!("{name}{}", self.apples).into())
        }

        /// Its lifetime has a name.
        #[guarded]
        pub fn named<'a>(&'a self, _other: &str) -> Result<Served<&'a [u32]>, Fault> {
            WITNESS.attempt(self)?;
            Ok(Served::from(self.eaten.as_slice()))
        }

        /// Exclusive; the same place in every attempt.
        #[guarded]
        pub fn exclusive(&mut self, more: &mut u32) -> Result<Served<u32>, Fault> {
            *more += 1;
            self.apples += 1;
            self.eat();
            WITNESS.attempt(())?;
            Ok((self.apples + *more).into())
        }

        /// Written out.
        #[guarded]
        #[allow(clippy::needless_arbitrary_self_type)]
        pub fn typed(self: &Self) -> Result<Served<u32>, Fault> {
            WITNESS.attempt(self)?;
            Ok(self.apples.into())
        }

        /// Written out, exclusive.
        #[guarded]
        #[allow(clippy::needless_arbitrary_self_type)]
        pub fn typed_exclusive(self: &mut Self) -> Result<Served<u32>, Fault> {
            self.apples += 1;
            WITNESS.attempt(())?;
            Ok(self.apples.into())
        }

        /// Written out, and `mut` itself.
        #[guarded]
        pub fn mutable<'a>(mut self: &'a Self, other: &'a Self) -> Result<Served<u32>, Fault> {
            WITNESS.attempt(self)?;
            if other.apples > self.apples {
                self = other;
            }
            Ok(self.apples.into())
        }

        /// A reference to a pointer.
        #[guarded]
        pub fn pointed(self: &Arc<Self>) -> Result<Served<usize>, Fault> {
            WITNESS.attempt(self)?;
            Ok(Arc::strong_count(self).into())
        }

        /// Pinned.
        #[guarded]
        pub fn pinned(self: Pin<&mut Self>, more: u32) -> Result<Served<u32>, Fault> {
            let this = self.get_mut();
            this.apples += more;
            WITNESS.attempt(())?;
            Ok(this.apples.into())
        }

        /// Pinned and `mut`.
        #[guarded]
        pub fn pinned_mutable(mut self: Pin<&mut Self>) -> Result<Served<u32>, Fault> {
            self.as_mut().get_mut().apples += 1;
            WITNESS.attempt(())?;
            Ok(self.apples.into())
        }

        /// Pinned and shared.
        #[guarded]
        pub fn pinned_shared(self: Pin<&Self>) -> Result<Served<u32>, Fault> {
            WITNESS.attempt(self)?;
            Ok(self.apples.into())
        }

        /// Not to be sent.
        #[guarded]
        #[allow(clippy::future_not_send)]
        pub fn local(self: Rc<Self>) -> Result<Served<u32>, Fault> {
            WITNESS.attempt(&self)?;
            Ok(self.apples.into())
        }

        fn eat(&mut self) {
            self.eaten.push(self.apples);
        }
    }

    #[test]
    fn places_are_the_callers() {
        static BASKET: Basket = Basket { apples: 2, eaten: Vec::new() };
        static MORE: Basket = Basket { apples: 3, eaten: Vec::new() };
        WITNESS.check(POLICY, "n2", || BASKET.shared("n"));
        WITNESS.check(POLICY, [], || BASKET.named("n"));
        WITNESS.check(POLICY, 2, || BASKET.typed());
        WITNESS.check(POLICY, 3, || BASKET.mutable(&MORE));
        WITNESS.check(POLICY, 2, || Pin::new(&BASKET).pinned_shared());
        WITNESS.check(POLICY, 0, || Rc::new(Basket::default()).local());
    }
}

/// Exclusive receivers, called by functions that own what they lend.
pub mod lent {
    use resilient_zoo_stamp::each_policy;

    /// Blocking.
    #[each_policy(borrows, as_written)]
    pub mod blocking {
        use std::pin::Pin;

        use resilient_zoo::prelude::*;

        static WITNESS: Witness = Witness::new();

        /// Counts.
        #[derive(Debug, Default)]
        pub struct Counter {
            count: usize,
        }

        impl Counter {
            /// The same in every attempt.
            #[guarded]
            pub fn step(&mut self) -> Result<Served<usize>, Fault> {
                self.count += 1;
                WITNESS.attempt(())?;
                Ok(self.count.into())
            }

            /// Pinned.
            #[guarded]
            pub fn pinned(mut self: Pin<&mut Self>, by: &mut usize) -> Result<Served<usize>, Fault> {
                self.count += *by;
                WITNESS.attempt(())?;
                Ok(self.count.into())
            }
        }

        #[test]
        fn attempts_share_the_place() {
            WITNESS.check_changing(POLICY, |runs| runs, || Counter::default().step());
            WITNESS.check_changing(POLICY, |runs| runs, || Pin::new(&mut Counter::default()).pinned(&mut 1));
        }
    }

    /// Awaited.
    #[each_policy(as_written)]
    pub mod awaited {
        use std::pin::Pin;

        use resilient_zoo::prelude::*;

        static WITNESS: Witness = Witness::new();

        /// Counts.
        #[derive(Debug, Default)]
        pub struct Counter {
            count: usize,
        }

        impl Counter {
            /// The same in every attempt.
            #[guarded]
            pub async fn step(&mut self, by: &mut usize) -> Result<Served<usize>, Fault> {
                self.count += *by;
                WITNESS.attempt_later(()).await?;
                Ok(self.count.into())
            }

            /// Pinned.
            #[guarded]
            pub async fn pinned(mut self: Pin<&mut Self>) -> Result<Served<usize>, Fault> {
                self.count += 1;
                WITNESS.attempt_later(()).await?;
                Ok(self.count.into())
            }
        }

        #[test]
        fn attempts_share_the_place() {
            let step = async || Counter::default().step(&mut 1).await;
            let pinned = async || Pin::new(&mut Counter::default()).pinned().await;
            WITNESS.check_changing(POLICY, |runs| runs, step);
            WITNESS.check_changing(POLICY, |runs| runs, pinned);
        }
    }
}
