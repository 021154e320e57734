//! Attributes of others around ours: they keep their effect, above and below.

use resilient_zoo_stamp::each_policy;

/// Those of the language.
#[each_policy]
#[allow(deprecated)]
pub mod inert {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Documented, in a line
    #[doc = "and in an attribute."]
    #[guarded]
    /// And below.
    #[inline]
    #[deprecated = "it is old"]
    #[cfg_attr(not(target_os = "none"), must_use)]
    #[allow(clippy::double_must_use)]
    pub fn old(n: u32) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(n)?;
        Ok(n.into())
    }

    /// Cold.
    #[inline(never)]
    #[cold]
    #[guarded]
    #[doc(alias = "cool")]
    #[expect(clippy::needless_bool, reason = "shown by the body")]
    pub fn cold(#[allow(unused_variables)] unread: String, n: u32) -> Result<Served<bool>, Fault> {
        #![allow(clippy::let_and_return)]
        WITNESS.attempt(n)?;
        let is_one = if n == 1 { true } else { false };
        Ok(is_one.into())
    }

    #[test]
    fn they_are_called() {
        WITNESS.check(POLICY, 1, || old(1));
        WITNESS.check(POLICY, true, || cold(String::new(), 1));
    }
}

/// Seen from where it says, and from nowhere else (which `ui-tests` show).
#[each_policy]
pub mod visible {
    /// Functions that are seen from further and further away.
    pub mod inner {
        use resilient_zoo::prelude::*;

        pub(super) static WITNESS: Witness = Witness::new();

        #[guarded]
        pub(super) fn near(n: u32) -> Result<Served<u32>, Fault> {
            WITNESS.attempt(n)?;
            Ok(n.into())
        }

        #[guarded]
        pub(in super::super) fn far(n: u32) -> Result<Served<u32>, Fault> {
            WITNESS.attempt(n)?;
            Ok(n.into())
        }
    }

    /// Names them from where they can be seen.
    pub fn names() {
        std::hint::black_box((inner::near, inner::far, &inner::WITNESS));
    }

    #[test]
    fn they_are_called() {
        inner::WITNESS.check(POLICY, 1, || inner::near(1));
        inner::WITNESS.check(POLICY, 1, || inner::far(1));
    }
}

/// Levels of lints at single arguments.
#[each_policy]
pub mod levels {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// One that nobody reads, and says so.
    #[guarded]
    pub fn unread(
        #[expect(unused_variables, reason = "nobody reads it")] text: String,
        #[allow(unused_mut)] mut n: u32,
    ) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(n)?;
        Ok(n.into())
    }

    #[test]
    fn it_is_called() {
        WITNESS.check(POLICY, 1, || unread("x".into(), 1));
    }
}

/// `#[instrument]`, above and below.
#[each_policy]
pub mod instrumented {
    use resilient_zoo::prelude::*;
    use tracing::instrument;

    static WITNESS: Witness = Witness::new();

    /// Above: one span around the call.
    #[instrument(skip(text), fields(length = text.len()))]
    #[guarded]
    pub fn above(text: String, mut n: u32) -> Result<Served<u32>, Fault> {
        n += 1;
        WITNESS.attempt((&text, n))?;
        Ok(n.into())
    }

    /// Below: ours goes first, and the span is around the call all the same.
    #[guarded]
    #[instrument(skip_all, err(Debug))]
    pub fn below(text: String, (a, mut b): (u32, u32)) -> Result<Served<u32>, Fault> {
        b += 1;
        WITNESS.attempt((&text, a, b))?;
        Ok((a + b).into())
    }

    #[test]
    fn both_orders_work() {
        WITNESS.check(POLICY, 2, || above("a".into(), 1));
        WITNESS.check(POLICY, 4, || below("a".into(), (1, 2)));
    }
}

/// Tests of every maker, guarded in both orders: each runs.
#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use cached::proc_macro::cached;
    use resilient_zoo::prelude::*;
    use rstest::rstest;
    use test_case::test_case;

    static RUNS: AtomicU32 = AtomicU32::new(0);

    fn fails_once(runs: &AtomicU32) -> Result<(), Fault> {
        if runs.fetch_add(1, Ordering::SeqCst) == 0 { Err(Fault::Lost) } else { Ok(()) }
    }

    #[tokio::test(start_paused = true)]
    #[retry(max_attempts = 2)]
    async fn below_tokio_test() -> Result<(), Fault> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        tokio::task::yield_now().await;
        fails_once(&RUNS)
    }

    #[retry(max_attempts = 2)]
    #[timeout(secs = 1)]
    #[tokio::test(start_paused = true)]
    async fn above_tokio_test() -> Result<(), Fault> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        tokio::task::yield_now().await;
        fails_once(&RUNS)
    }

    #[test]
    #[retry(max_attempts = 2, backoff = none)]
    fn below_test() -> Result<(), Fault> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        fails_once(&RUNS)
    }

    #[retry(max_attempts = 2, backoff = none)]
    #[test]
    fn above_test() -> Result<(), Fault> {
        fails_once(&RUNS)
    }

    #[rstest]
    #[case("a", 1)]
    #[case("ab", 2)]
    #[retry(max_attempts = 2, backoff = none)]
    fn below_rstest(#[case] text: String, #[case] length: usize) -> Result<(), Fault> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        fails_once(&RUNS)?;
        assert_eq!(text.len(), length);
        Ok(())
    }

    #[test_case("a", 1; "one")]
    #[test_case("ab", 2; "two")]
    #[retry(max_attempts = 2, backoff = none)]
    fn below_test_case(text: &str, length: usize) -> Result<(), Fault> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        fails_once(&RUNS)?;
        assert_eq!(text.len(), length);
        Ok(())
    }

    #[retry(max_attempts = 2, backoff = none)]
    #[test_case("a", 1; "one")]
    #[test_case("ab", 2; "two")]
    fn above_test_case(text: &str, length: usize) -> Result<(), Fault> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        fails_once(&RUNS)?;
        assert_eq!(text.len(), length);
        Ok(())
    }

    static KEPT_RUNS: AtomicU32 = AtomicU32::new(0);

    #[cached(result = true)]
    #[retry(max_attempts = 2, backoff = none)]
    fn below_cached(n: u32) -> Result<u32, Fault> {
        fails_once(&KEPT_RUNS)?;
        Ok(n)
    }

    #[retry(max_attempts = 2, backoff = none)]
    #[cached(result = true)]
    fn above_cached(n: u32) -> Result<u32, Fault> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        fails_once(&RUNS)?;
        Ok(n + RUNS.load(Ordering::SeqCst))
    }

    #[test]
    fn a_cache_keeps_what_came_of_the_last_attempt() {
        for _ in 0..3 {
            assert_eq!(below_cached(7).ok(), Some(7));
            assert_eq!(above_cached(7).ok(), Some(9));
        }
        assert_eq!(KEPT_RUNS.load(Ordering::SeqCst), 2);
    }

    #[retry(max_attempts = 2, backoff = none)]
    #[rstest]
    #[case("a", 1)]
    #[case("ab", 2)]
    fn above_rstest(#[case] text: String, #[case] length: usize) -> Result<(), Fault> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        fails_once(&RUNS)?;
        assert_eq!(text.len(), length);
        Ok(())
    }
}
