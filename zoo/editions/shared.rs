// Fixtures whose meaning depends on the edition: temporaries at the end of a body and of a condition,
// words that became keywords, what closures capture. Included by a crate for each edition; `unsafe`
// functions live here too, for the zoo itself forbids them.

use resilient_zoo_stamp::each_policy;

/// When temporaries are dropped, compared with the plain function of the same edition.
#[each_policy(as_written)]
#[allow(tail_expr_drop_order, if_let_rescope)]
pub mod temporaries {
    use resilient_zoo::prelude::*;
    use resilient_zoo::same::drop_order::{Log, Loud};

    /// A guard at the very end, beside an argument and a local.
    #[guarded]
    pub fn at_the_end(log: Log, _argument: Loud) -> Result<Served<usize>, Fault> {
        let _local = log.value("local");
        Ok(log.value("temporary").name().len().into())
    }

    /// The same, awaited.
    #[guarded]
    pub async fn at_the_end_later(log: Log, _argument: Loud) -> Result<Served<usize>, Fault> {
        let _local = log.value("local");
        Ok(log.value("temporary").name().len().into())
    }

    /// A guard in a condition.
    #[guarded]
    pub fn in_a_condition(log: Log, _argument: Loud) -> Result<Served<usize>, Fault> {
        if let Some(length) = log.value("temporary").name().len().checked_sub(100) {
            Ok(length.into())
        } else {
            let _local = log.value("local");
            Ok(0.into())
        }
    }

    /// A lock of an argument at the very end: the argument outlives it.
    #[guarded]
    pub fn locked(cell: std::sync::Arc<std::sync::Mutex<u32>>) -> Result<Served<u32>, Fault> {
        Ok((*cell.lock().unwrap_or_else(std::sync::PoisonError::into_inner)).into())
    }

    #[test]
    fn they_are_dropped_when_they_are_in_the_plain_function() {
        macro_rules! dropped {
            ($log:ident => $call:expr_2021) => {{
                let $log = Log::default();
                let _ = $call;
                $log.all()
            }};
        }
        let argument = |log: &Log| (log.clone(), log.value("argument"));
        macro_rules! same {
            ($($name:ident $run:path;)*) => {$(
                let plain = dropped!(log => { let (l, a) = argument(&log); $run(super::plain::$name(l, a)) });
                let seen = dropped!(log => { let (l, a) = argument(&log); $run($name(l, a)) });
                assert_eq!(plain.len(), 3, "{:?}", plain);
                assert_eq!(seen.get(..3), Some(&plain[..]), stringify!($name));
            )*};
        }
        same! {
            at_the_end std::convert::identity;
            at_the_end_later resilient_zoo::witness::paused;
            in_a_condition std::convert::identity;
        }
        let cell = std::sync::Arc::new(std::sync::Mutex::new(4));
        assert_eq!(locked(cell).ok().map(Served::into_inner), Some(4));
        let _ = POLICY;
    }
}

/// Names that are keywords in one edition or another, and captured parts.
#[each_policy]
pub mod words {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Has two parts.
    #[derive(Clone, Debug)]
    pub struct Parts {
        r#gen: String,
        r#async: u32,
    }

    /// A keyword of 2024, one of 2018, and closures that capture parts.
    #[guarded]
    pub fn r#gen(mut parts: Parts, r#try: u32) -> Result<Served<String>, Fault> {
        let mut push = || parts.r#gen.push('!');
        push();
        WITNESS.attempt((&parts, r#try))?;
        Ok(format!("{}{}{}", parts.r#gen, parts.r#async, r#try).into())
    }

    #[test]
    fn they_are_names() {
        WITNESS.check(POLICY, "a!12", || r#gen(Parts { r#gen: "a".into(), r#async: 1 }, 2));
    }
}

/// Shapes of the zoo that depend on what is captured: borrowed, opaque, `async`.
#[each_policy(borrows)]
pub mod borrowed {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// In and out.
    #[guarded]
    pub fn in_and_out<'a>(words: &'a [&'a str], by: &str) -> Result<Served<Vec<&'a str>>, Fault> {
        WITNESS.attempt((words, by))?;
        Ok(words.iter().filter(|word| **word != by).copied().collect::<Vec<_>>().into())
    }

    #[test]
    fn borrows_are_the_callers() {
        WITNESS.check(POLICY, ["a"], || in_and_out(&["a", "b"], "b"));
    }
}

/// `unsafe` functions.
#[each_policy]
pub mod unsafes {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Asks for care.
    ///
    /// # Safety
    /// None is needed.
    #[guarded]
    pub unsafe fn careful(text: String, mut n: u32) -> Result<Served<String>, Fault> {
        n += 1;
        WITNESS.attempt((&text, n))?;
        Ok(format!("{}{}", text, n).into())
    }

    /// Has an `unsafe` method.
    #[derive(Clone, Debug)]
    pub struct Careful(u32);

    impl Careful {
        /// Asks for care.
        ///
        /// # Safety
        /// None is needed.
        #[guarded]
        pub unsafe fn with_self(mut self) -> Result<Served<u32>, Fault> {
            self.0 += 1;
            WITNESS.attempt(&self)?;
            Ok(self.0.into())
        }
    }

    #[test]
    fn they_are_called_with_care() {
        // SAFETY: none is needed.
        WITNESS.check(POLICY, "a2", || unsafe { careful("a".into(), 1) });
        // SAFETY: none is needed.
        WITNESS.check(POLICY, 2, || unsafe { Careful(1).with_self() });
    }
}

/// A trait whose names mean something in other editions.
pub mod decorated {
    use resilient::decorator;
    use resilient_zoo::prelude::*;

    /// Generates.
    #[decorator(Guarded)]
    pub trait Generate {
        /// By a name that became a keyword.
        #[retry]
        fn r#gen(&self, r#async: u32, _: u8) -> Result<u32, Fault>;
    }

    impl Generate for u32 {
        fn r#gen(&self, r#async: u32, _: u8) -> Result<u32, Fault> {
            Ok(self + r#async)
        }
    }

    #[test]
    fn raw_names_are_handed_on() {
        assert!(Guarded::new(1).r#gen(2, 0).is_ok_and(|sum| sum == 3));
    }
}
