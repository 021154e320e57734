//! Locals, arguments, fields and items inside of a body, called like everything that an expansion says.

use resilient_zoo_stamp::each_policy;

/// Arguments, also named by the attributes.
#[each_policy]
pub mod arguments {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// What loops and guards call their own.
    #[guarded]
    pub fn of_loops(
        run: u32,
        mut out: u32,
        wait: u32,
        pause: u32,
        kept_0: u32,
        rest_0: u32,
    ) -> Result<Served<u32>, Fault> {
        out += 1;
        let again_0 = run + out;
        let again_1 = (again_0, wait);
        WITNESS.attempt((run, out, wait, pause, kept_0, rest_0, again_1))?;
        Ok((again_0 + again_1.1 + pause + kept_0 + rest_0).into())
    }

    /// What fallbacks call their own.
    #[guarded]
    pub fn of_tiers(
        error: u32,
        text: String,
        fallback: u32,
        value: String,
        fallback_0: u32,
    ) -> Result<Served<String>, Fault> {
        WITNESS.attempt((error, &text, fallback, &value, fallback_0))?;
        Ok(format!("{error}{text}{fallback}{value}{fallback_0}").into())
    }

    /// What the rest calls its own.
    #[guarded]
    #[allow(non_snake_case)]
    pub fn of_statics(
        __RETRY: u32,
        __TIMEOUT: u32,
        __DEADLINE: u32,
        __BREAKER: u32,
        made: u32,
    ) -> Result<Served<u32>, Fault> {
        let permit = made;
        let retry = permit + 1;
        WITNESS.attempt((__RETRY, __TIMEOUT, __DEADLINE, __BREAKER, retry))?;
        Ok((__RETRY + __TIMEOUT + __DEADLINE + __BREAKER + retry).into())
    }

    /// Another name for `self`, and patterns.
    #[guarded]
    pub fn of_patterns(
        (again_self, __self_again): (u32, u32),
        __argument_0: u32,
    ) -> Result<Served<u32>, Fault> {
        WITNESS.attempt((again_self, __self_again, __argument_0))?;
        Ok((again_self + __self_again + __argument_0).into())
    }

    #[test]
    fn they_are_the_callers() {
        WITNESS.check(POLICY, 22, || of_loops(1, 2, 3, 4, 5, 6));
        WITNESS.check(POLICY, "1a2b3", || of_tiers(1, "a".into(), 2, "b".into(), 3));
        WITNESS.check(POLICY, 18, || of_statics(1, 3, 4, 2, 7));
        WITNESS.check(POLICY, 6, || of_patterns((1, 2), 3));
    }
}

/// Items and imports inside of a body.
#[each_policy]
#[allow(clippy::items_after_statements, dead_code)]
pub mod items {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Modules, types, functions and constants.
    #[guarded]
    #[allow(clippy::used_underscore_items)]
    pub fn inside(n: u32) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(n)?;
        mod core {
            pub(super) const ONE: u32 = 1;
        }
        mod std {
            pub(super) const TWO: u32 = 2;
        }
        mod resilient {
            pub(super) const THREE: u32 = 3;
        }
        mod __res {
            pub(super) const FOUR: u32 = 4;
        }
        struct Some(u32);
        const fn outcome(n: u32) -> u32 {
            n
        }
        static __LOCAL: u32 = 5;
        const OUT: u32 = 6;
        let sum = core::ONE + std::TWO + resilient::THREE + __res::FOUR + Some(n).0;
        Result::Ok((sum + outcome(__LOCAL) + OUT).into())
    }

    /// A static of the same name as one of ours.
    #[guarded]
    pub fn same_statics(n: u32) -> Result<Served<u32>, Fault> {
        static __RETRY: u32 = 1;
        static __CACHED: u32 = 2;
        static __TIMEOUT: u32 = 3;
        static __DEADLINE: u32 = 4;
        static __BREAKER: u32 = 5;
        WITNESS.attempt(n)?;
        Ok((n + __RETRY + __CACHED + __TIMEOUT + __DEADLINE + __BREAKER).into())
    }

    #[test]
    fn they_are_the_bodys() {
        WITNESS.check(POLICY, 28, || inside(7));
        WITNESS.check(POLICY, 22, || same_statics(7));
    }
}
