//! What functions return: by aliases, borrowed, opaque, boxed, with errors of every kind.

use resilient_zoo_stamp::each_policy;

/// Behind an alias no default can be told from a degraded value, so none is given. Error types other than an enum of one's own, and aliases of `Result`.
#[each_policy(no_default)]
#[allow(clippy::trait_duplication_in_bounds, reason = "thiserror's")]
pub mod errors {
    use std::error::Error;
    use std::fmt;
    use std::result::Result as Plain;

    use resilient::{CircuitOpenError, Retryable, TimeoutError};
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// An alias that hides the error.
    pub type Result<T, E = Fault> = Plain<Served<T>, E>;

    /// An alias that hides everything.
    pub type Answer = Plain<Served<u32>, Fault>;

    /// Neither `Clone` nor `Error` nor `Debug`.
    pub struct Opaque(String);

    impl Retryable for Opaque {
        fn retry_classification(&self) -> resilient::RetryClassification {
            resilient::RetryClassification::Transient { retry_after: None }
        }
    }

    impl<E: Error> From<E> for Opaque {
        fn from(error: E) -> Self {
            Self(error.to_string())
        }
    }

    impl fmt::Display for Opaque {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.0)
        }
    }

    /// Carries both refusals without saying how.
    #[derive(Debug, thiserror::Error, Retryable)]
    #[error("generic")]
    #[retryable(default = transient)]
    pub enum Generic<E: Error + 'static> {
        /// Somebody else's.
        Other(#[source] E),
        /// Ours.
        Timeout(#[from] TimeoutError),
        /// Ours.
        CircuitOpen(#[from] CircuitOpenError),
    }

    /// One alias.
    #[guarded]
    pub fn alias(text: String) -> Result<u32> {
        WITNESS.attempt(&text)?;
        let number: u32 = text.parse()?;
        Ok(number.into())
    }

    /// The other.
    #[guarded]
    pub fn alias_of_all(n: u32) -> Answer {
        WITNESS.attempt(n)?;
        if n > 1 {
            return Ok(n.into());
        }
        Err(Fault::Lost)
    }

    /// No bounds at all.
    #[guarded]
    pub fn opaque(n: u32) -> Plain<Served<u32>, Opaque> {
        WITNESS.attempt(n)?;
        Ok(n.into())
    }

    /// A generic error.
    #[guarded]
    pub fn generic(n: u32) -> Result<u32, Generic<fmt::Error>> {
        if WITNESS.attempt(n).is_err() {
            return Err(Generic::Other(fmt::Error));
        }
        Ok(n.into())
    }

    #[test]
    fn errors_are_converted_and_come_out_as_they_are() {
        WITNESS.check(POLICY, 12, || alias("12".into()));
        WITNESS.check(POLICY, 2, || alias_of_all(2));
        WITNESS.check(POLICY, 3, || opaque(3));
        WITNESS.check(POLICY, 4, || generic(4));
    }
}

/// Errors that have no type, or are hidden by somebody else's alias.
#[each_policy(unclassified)]
pub mod untyped {
    use std::error::Error;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Anyhow's alias, its macros and its context.
    #[guarded]
    pub fn anyhow(text: String) -> anyhow::Result<Served<u32>> {
        use anyhow::Context as _;
        WITNESS.attempt(&text)?;
        let number: u32 = text.parse().context("no number")?;
        anyhow::ensure!(number > 0, "nothing");
        Ok(number.into())
    }

    /// Two kinds of errors, and one made of a text.
    #[guarded]
    pub fn boxed(text: String) -> Result<Served<u32>, Box<dyn Error + Send + Sync>> {
        WITNESS.attempt(&text)?;
        let number: u32 = text.parse()?;
        if number == 0 {
            return Err("nothing".into());
        }
        Ok(number.into())
    }

    #[test]
    fn errors_are_converted_and_come_out_as_they_are() {
        WITNESS.check(POLICY, 12, || anyhow("12".into()));
        WITNESS.check(POLICY, 12, || boxed("12".into()));
        let (came, seen) = WITNESS.watch(0, &mut || boxed("x".into()));
        assert_eq!(seen.len(), if POLICY.repeats { 3 } else { 1 });
        assert_eq!(came.is_ok_and(|served| served.is_degraded()), POLICY.degrades);
    }
}

/// An error that stays on its thread, which no sync timeout can bring back.
#[each_policy(unclassified, borrows)]
#[allow(clippy::future_not_send)]
pub mod local_error {
    use std::error::Error;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// The shortest way to write it.
    #[guarded]
    pub fn boxed(text: &str) -> Result<Served<u32>, Box<dyn Error>> {
        WITNESS.attempt(text)?;
        Ok(text.parse::<u32>()?.into())
    }

    #[test]
    fn errors_are_converted() {
        WITNESS.check(POLICY, 12, || boxed("12"));
    }
}

/// `io::Result`: there is no room for a refusal in it, but io errors say by their kind what is worth
/// another attempt.
#[each_policy(only_retry)]
pub mod io {
    use std::io;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Fails transiently, and permanently.
    #[guarded]
    pub fn read(name: String) -> io::Result<Served<usize>> {
        WITNESS.attempt(&name).map_err(|_| io::ErrorKind::ConnectionReset)?;
        if name.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(name.len().into())
    }

    #[test]
    fn kinds_decide() {
        WITNESS.check(POLICY, 2, || read("ab".into()));
        let (came, seen) = WITNESS.watch(0, &mut || read(String::new()));
        assert_eq!((came.is_ok(), seen.len()), (false, 1));
    }
}

/// Values that coerce, that cannot be named, that borrow.
#[each_policy(no_default)]
pub mod values {
    use std::fmt::Display;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// A boxed closure.
    pub type Step = Box<dyn Fn(u32) -> u32 + Send>;

    /// Coerced, early and at the end.
    #[guarded]
    pub fn coerced(early: bool) -> Result<Served<Step>, Fault> {
        WITNESS.attempt(early)?;
        if early {
            return Ok(Served::from(Box::new(|n: u32| n + 1) as Step));
        }
        Ok(Served::from(Box::new(move |n: u32| n + 2) as Step))
    }

    /// Borrowed for ever.
    #[guarded]
    pub fn lasting(name: &'static str) -> Result<Served<&'static (dyn Display + Sync)>, Fault> {
        static NUMBER: u32 = 7;
        WITNESS.attempt(name)?;
        if name == "number" {
            return Ok(Served::from(&NUMBER as &(dyn Display + Sync)));
        }
        Ok(Served::from(&"text" as &(dyn Display + Sync)))
    }

    /// Only what is said of it.
    #[guarded]
    pub fn unnamed(n: u32) -> Result<Served<impl Iterator<Item = u32> + Send + use<>>, Fault> {
        WITNESS.attempt(n)?;
        Ok(Served::from((0..n).map(|step| step * 2)))
    }

    /// Nothing.
    #[guarded]
    pub fn nothing(n: u32) -> Result<Served<()>, Fault> {
        WITNESS.attempt(n)?;
        Ok(().into())
    }

    #[test]
    #[allow(clippy::shadow_unrelated)]
    fn values_come_out_as_they_are() {
        WITNESS.check(POLICY, (), || nothing(1));
        let (came, seen) = WITNESS.watch(1, &mut || coerced(true));
        assert_eq!((came.is_ok(), seen.len()), (POLICY.repeats, if POLICY.repeats { 2 } else { 1 }));
        let (came, _) = WITNESS.watch(0, &mut || coerced(false));
        assert_eq!(came.ok().map(|step| step(1)), Some(3));
        let (came, _) = WITNESS.watch(0, &mut || unnamed(3));
        assert_eq!(came.ok().map(|all| all.into_inner().sum::<u32>()), Some(6));
        let (came, _) = WITNESS.watch(0, &mut || lasting("number"));
        assert_eq!(came.ok().map(|shown| shown.to_string()).as_deref(), Some("7"));
    }
}

/// Values that borrow from what was passed.
#[each_policy(borrows)]
pub mod borrowed {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Elided.
    #[guarded]
    pub fn elided(text: &str) -> Result<Served<&str>, Fault> {
        WITNESS.attempt(text)?;
        Ok(Served::from(text.trim()))
    }

    /// Named, one of two.
    #[guarded]
    pub fn named<'a>(text: &'a str, other: &str) -> Result<Served<Vec<&'a str>>, Fault> {
        WITNESS.attempt((text, other))?;
        Ok(text.split(other).collect::<Vec<_>>().into())
    }

    /// Opaque and borrowing.
    #[guarded]
    pub fn opaque<'a>(words: &'a [&'a str]) -> Result<Served<impl AsRef<str> + Default + use<'a>>, Fault> {
        WITNESS.attempt(words)?;
        Ok(Served::from(words.first().copied().unwrap_or_default()))
    }

    #[test]
    fn borrows_are_the_callers() {
        WITNESS.check(POLICY, "a", || elided(" a "));
        WITNESS.check(POLICY, ["a", "b"], || named("a-b", "-"));
        let (came, _) = WITNESS.watch(0, &mut || opaque(&["a", "b"]));
        assert_eq!(came.ok().map(|word| word.as_ref().to_owned()).as_deref(), Some("a"));
    }
}

/// `Option`: `None` is tried again, and has no room for a refusal.
#[each_policy(only_retry)]
pub mod options {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// `?` on options.
    #[guarded]
    pub fn found(list: Vec<u32>) -> Option<u32> {
        WITNESS.attempt(&list).ok()?;
        let first = list.first()?;
        Some(*first)
    }

    #[test]
    fn none_is_tried_again() {
        let attempts = if POLICY.repeats { 3 } else { 1 };
        for failures in 0..4 {
            let (came, seen) = WITNESS.watch(failures, &mut || found(vec![5]));
            assert_eq!(seen.len(), attempts.min(failures + 1));
            assert_eq!(came, (failures < attempts).then_some(5));
        }
    }
}
