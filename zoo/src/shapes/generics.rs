//! Generics: types, constants, lifetimes, bounds, closures, associated types.

use resilient_zoo_stamp::each_policy;

/// Parameters that own what they are.
#[each_policy]
pub mod owned {
    use std::fmt::{Debug, Display};

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// A type and a constant, with bounds in two places.
    #[guarded]
    #[allow(clippy::multiple_bound_locations, clippy::type_repetition_in_bounds, clippy::future_not_send)]
    pub fn typed<T: Clone + Send + 'static, const N: usize>(
        items: [T; N],
        more: T,
    ) -> Result<Served<Vec<T>>, Fault>
    where
        T: Debug + Display,
    {
        WITNESS.attempt((&items, &more))?;
        let mut all = items.to_vec();
        all.push(more);
        Ok(all.into())
    }

    /// `impl Trait`, and a closure.
    #[guarded]
    pub fn anonymous(
        name: impl Into<String> + Clone + Send + 'static,
        change: impl Fn(&str) -> String + Clone + Send + 'static,
    ) -> Result<Served<String>, Fault> {
        let named = change(&name.into());
        WITNESS.attempt(&named)?;
        Ok(named.into())
    }

    /// For all lifetimes.
    #[guarded]
    pub fn higher<F>(find: F, text: String) -> Result<Served<usize>, Fault>
    where
        F: for<'a> Fn(&'a str) -> Option<&'a str> + Clone + Send + 'static,
    {
        WITNESS.attempt(&text)?;
        Ok(find(&text).map_or(0, str::len).into())
    }

    /// An associated type, and a name that is the beginning of another.
    #[guarded]
    pub fn associated<S, I>(all: S, _none: Option<I>) -> Result<Served<String>, Fault>
    where
        S: IntoIterator<Item = String> + Clone + Send + 'static,
        I: Clone + Send + 'static,
    {
        let joined: String = all.into_iter().collect();
        WITNESS.attempt(&joined)?;
        Ok(joined.into())
    }

    /// In a generic type.
    #[derive(Clone, Debug)]
    pub struct Holder<T, const N: usize>([T; N]);

    impl<T: Clone + Debug + Send + 'static, const N: usize> Holder<T, N> {
        const LENGTH: usize = N;

        /// Names `Self`, `T` and `N`.
        #[guarded]
        #[allow(clippy::future_not_send)]
        pub fn held<U: From<usize> + Default + Send + 'static>(self) -> Result<Served<(U, Vec<T>)>, Fault> {
            WITNESS.attempt(&self)?;
            let [.., _] = [Self::LENGTH; 1];
            Ok((U::from(Self::LENGTH + N), self.0.to_vec()).into())
        }
    }

    #[test]
    fn parameters_are_the_callers() {
        WITNESS.check(POLICY, [1, 2, 3], || typed([1, 2], 3));
        WITNESS.check(POLICY, "a!", || anonymous("a", |text: &str| format!("{text}!")));
        WITNESS.check(POLICY, 1, || higher(|text| text.get(..1), "abc".into()));
        WITNESS.check(POLICY, "ab", || associated(vec!["a".to_owned(), "b".to_owned()], Some(1)));
        WITNESS.check(POLICY, (4_usize, vec!['a', 'b']), || Holder(['a', 'b']).held());
    }
}

/// Parameters that borrow.
#[each_policy(borrows)]
pub mod borrowed {
    use std::fmt::{Debug, Display};

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Lifetimes with bounds, not `Sized`, through `dyn`.
    #[guarded]
    #[allow(clippy::future_not_send)]
    pub fn bounded<'a, 'b: 'a, T: Debug + ?Sized>(
        long: &'b T,
        short: &'a dyn Display,
    ) -> Result<Served<(String, String)>, Fault> {
        WITNESS.attempt(long)?;
        let shorter: &'a dyn Display = short;
        Ok((format!("{long:?}"), shorter.to_string()).into())
    }

    /// A closure by reference, and one that changes what it holds.
    #[guarded]
    #[allow(clippy::future_not_send)]
    pub fn called(read: &dyn Fn(u32) -> u32, add: &mut impl FnMut(u32)) -> Result<Served<u32>, Fault> {
        add(read(1));
        WITNESS.attempt(())?;
        Ok(read(2).into())
    }

    #[test]
    fn parameters_are_the_callers() {
        WITNESS.check(POLICY, ("\"a\"".to_owned(), "1".to_owned()), || bounded("a", &1));
    }
}
