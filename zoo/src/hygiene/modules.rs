//! Modules, types and functions beside a guarded function, called like what an expansion says; and
//! modules without a prelude.

use resilient_zoo_stamp::each_policy;

/// Everything is called like something of std's or ours.
#[each_policy(no_default)]
#[allow(dead_code, clippy::module_inception)]
pub mod neighbours {
    use resilient_zoo::prelude::Served as S;
    #[allow(unused_imports)]
    use resilient_zoo::prelude::{Fault, Witness, circuit_breaker, deadline, fallback, retry, timeout};

    static WITNESS: Witness = Witness::new();

    /// Not std's.
    pub mod core {}
    /// Not std's.
    pub mod std {}
    /// Not tokio's.
    pub mod tokio {}
    /// Not ours.
    pub mod __res {}
    /// Not ours.
    pub mod __private {}

    /// Not std's.
    pub type Result<T> = ::core::result::Result<S<T>, Fault>;
    /// Not std's.
    pub type Option<T> = ::core::option::Option<T>;
    /// Not ours.
    #[derive(Debug)]
    pub struct Duration;
    /// Not std's.
    #[derive(Debug)]
    pub struct Some;
    /// Not ours.
    #[derive(Debug)]
    pub struct Served;
    /// Not std's.
    pub trait Future {}
    /// Not std's.
    pub trait Into {}
    /// Not std's.
    pub trait ToOwned {}

    /// Not std's.
    #[must_use]
    pub const fn run() -> u32 {
        1
    }
    /// Not ours.
    #[must_use]
    pub const fn out() -> u32 {
        2
    }
    /// Not ours.
    #[must_use]
    pub const fn attempt() -> u32 {
        3
    }
    /// Not ours.
    #[must_use]
    pub const fn policy() -> u32 {
        4
    }
    /// Not ours.
    pub static __RETRY: u32 = 5;
    /// Not ours.
    pub static __BREAKER: u32 = 6;
    macro_rules! matches {
        () => {
            9
        };
    }

    /// Uses them all.
    #[guarded]
    pub fn of_them(n: u32) -> ::core::result::Result<S<u32>, Fault> {
        WITNESS.attempt(n)?;
        Ok(S::from(run() + out() + policy() + attempt() + __RETRY + __BREAKER + matches!() + n))
    }

    #[test]
    fn they_are_the_modules() {
        WITNESS.check(POLICY, 31, || of_them(1));
    }
}

/// No name is there that nobody imported.
#[each_policy]
pub mod bare {
    #![no_implicit_prelude]

    #[allow(unused_imports)]
    use ::resilient_zoo::prelude::{
        Fault, Served, Witness, circuit_breaker, deadline, fallback, retry, timeout,
    };
    use ::std::result::Result;

    static WITNESS: Witness = Witness::new();

    /// Neither `Ok`, nor `Option`, nor `From`.
    #[guarded]
    pub fn moved(text: ::std::string::String, n: u32) -> Result<Served<::std::string::String>, Fault> {
        if let Result::Err(fault) = WITNESS.attempt((&text, n)) {
            return Result::Err(fault);
        }
        Result::Ok(::std::convert::From::from(text))
    }

    #[::core::prelude::v1::test]
    fn it_is_called() {
        WITNESS.check(POLICY, "a", || moved(::std::convert::From::from("a"), 1));
    }
}
