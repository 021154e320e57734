//! Bodies: early returns, loops, closures, macros, items inside, ends that are never reached.

use resilient_zoo_stamp::each_policy;

/// Control flow that could be taken for the policy's.
#[each_policy]
pub mod flow {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// `?` with a conversion, `return` from several depths, labelled loops.
    #[guarded]
    pub fn leaving(text: String) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(&text)?;
        let number: u32 = text.parse()?;
        let found = 'search: loop {
            for n in 0_u32.. {
                if n == 3 {
                    continue;
                }
                if n > 7 {
                    return Ok(n.into());
                }
                if n == number {
                    break 'search n;
                }
            }
        };
        if let Some(before) = found.checked_sub(1) {
            return Ok(before.into());
        }
        Ok(100.into())
    }

    /// Closures and blocks with a `?` and a `return` of their own.
    #[guarded]
    pub fn inside(text: String) -> Result<Served<usize>, Fault> {
        WITNESS.attempt(&text)?;
        let parse = |part: &str| -> Result<usize, Fault> {
            if part.is_empty() {
                return Ok(0);
            }
            Ok(part.parse::<u32>()? as usize)
        };
        let numbers = text.split(',').map(parse).collect::<Result<Vec<usize>, Fault>>()?;
        Ok(numbers.into_iter().sum::<usize>().into())
    }

    /// Nothing but the macro's own value, and no semicolon anywhere.
    #[guarded]
    pub fn only_an_expression(n: u32) -> Result<Served<u32>, Fault> {
        match WITNESS.attempt(n) {
            Ok(()) => Ok(n.into()),
            Err(fault) => Err(fault),
        }
    }

    /// Items of its own, an attribute inside, and a local macro.
    #[guarded]
    pub fn with_items(n: u32) -> Result<Served<u32>, Fault> {
        #![allow(clippy::items_after_statements)]
        const MORE: u32 = 1;
        static STEPS: &[u32] = &[10];
        macro_rules! sum {
            ($($n:expr),*) => { 0 $(+ $n)* };
        }
        WITNESS.attempt(n)?;
        const fn double(n: u32) -> u32 {
            n * 2
        }
        use std::iter::repeat_n as many;
        let steps: u32 = many(1, STEPS.len()).sum();
        Ok(sum!(MORE, double(n), steps).into())
    }

    #[test]
    fn attempts_end_where_their_bodies_do() {
        WITNESS.check(POLICY, 4, || leaving("5".into()));
        WITNESS.check(POLICY, 8, || leaving("3".into()));
        WITNESS.check(POLICY, 100, || leaving("0".into()));
        WITNESS.check(POLICY, 6, || inside("1,2,3".into()));
        WITNESS.check(POLICY, 1, || only_an_expression(1));
        WITNESS.check(POLICY, 6, || with_items(2));
    }
}

/// Ends that are never reached.
#[each_policy]
pub mod diverging {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Not written yet.
    #[guarded]
    #[allow(clippy::unused_async)]
    pub fn unwritten(_text: String) -> Result<Served<u32>, Fault> {
        todo!()
    }

    /// Left only from the inside.
    #[guarded]
    pub fn endless(n: u32) -> Result<Served<u32>, Fault> {
        let mut tries = 0;
        loop {
            WITNESS.attempt(n)?;
            tries += 1;
            if tries == 2 {
                return Ok(n.into());
            }
        }
    }

    /// The last word is a `return`.
    #[guarded]
    #[allow(clippy::needless_return)]
    pub fn returning(n: u32) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(n)?;
        return Ok(n.into());
    }

    /// Every branch returns.
    #[guarded]
    #[allow(clippy::needless_return)]
    pub fn branching(n: u32) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(n)?;
        if n == 1 {
            return Ok(1.into());
        }
        match n {
            2 => return Ok(2.into()),
            other => std::process::exit(i32::try_from(other).unwrap_or(1)),
        }
    }

    #[test]
    fn others_are_reached() {
        WITNESS.check(POLICY, 3, || returning(3));
        WITNESS.check(POLICY, 2, || branching(2));
        let (came, seen) = WITNESS.watch(0, &mut || endless(1));
        assert_eq!((came.is_ok(), seen.len()), (true, 2));
    }
}

/// Bodies whose branches race.
#[each_policy(as_written)]
pub mod racing {
    use std::time::Duration;

    use resilient_zoo::prelude::*;

    /// `select!`, with a `?` and a `return` in its arms.
    #[guarded]
    #[allow(clippy::needless_return)]
    pub async fn first(text: String) -> Result<Served<u32>, Fault> {
        let parsed = async { text.parse::<u32>() };
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(1)) => return Err(Fault::Lost),
            number = parsed => Ok(number?.into()),
        }
    }

    #[test]
    fn the_first_wins() {
        assert_eq!(resilient_zoo::witness::paused(first("7".into())).ok().as_deref(), Some(&7));
        assert_eq!(resilient_zoo::witness::paused(first("x".into())).is_ok(), POLICY.degrades);
    }
}

/// Functions that call themselves.
#[each_policy(as_written)]
pub mod recursive {
    use std::future::Future;
    use std::pin::Pin;

    use resilient_zoo::prelude::*;

    /// Blocking.
    #[guarded]
    pub fn sum(n: u32) -> Result<Served<u32>, Fault> {
        if n == 0 { Ok(0.into()) } else { Ok((n + sum(n - 1)?.into_inner()).into()) }
    }

    /// Through a box in the body.
    #[guarded]
    pub async fn sum_later(n: u32) -> Result<Served<u32>, Fault> {
        if n == 0 { Ok(0.into()) } else { Ok((n + Box::pin(sum_later(n - 1)).await?.into_inner()).into()) }
    }

    /// Through a box that is returned.
    #[guarded]
    pub fn sum_boxed(n: u32) -> Pin<Box<dyn Future<Output = Result<Served<u32>, Fault>> + Send>> {
        Box::pin(async move {
            if n == 0 { Ok(0.into()) } else { Ok((n + sum_boxed(n - 1).await?.into_inner()).into()) }
        })
    }

    #[test]
    fn they_come_to_their_end() {
        assert_eq!(sum(10).ok().as_deref(), Some(&55));
        assert_eq!(resilient_zoo::witness::paused(sum_later(10)).ok().as_deref(), Some(&55));
        assert_eq!(resilient_zoo::witness::paused(sum_boxed(10)).ok().as_deref(), Some(&55));
        let _ = POLICY;
    }
}
