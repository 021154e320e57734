//! Arguments: moved, `Copy`, borrowed, mutable, and bound by patterns.

use resilient_zoo_stamp::each_policy;

/// Moved, and changed by the body: each attempt has what the caller passed.
#[each_policy]
pub mod by_value {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// `mut` and moved away.
    #[guarded]
    pub fn mutable(mut text: String, mut n: u32) -> Result<Served<String>, Fault> {
        n += 1;
        text.push('!');
        WITNESS.attempt((&text, n))?;
        Ok(format!("{text}{n}").into())
    }

    /// Moved into the value.
    #[guarded]
    pub fn moved(text: String, list: Vec<u32>) -> Result<Served<(String, Vec<u32>)>, Fault> {
        WITNESS.attempt((&text, &list))?;
        Ok((text, list).into())
    }

    /// `Copy`, and a name that nothing reads.
    #[guarded]
    pub fn copied(n: u32, _unread: Vec<u8>, flag: bool) -> Result<Served<u32>, Fault> {
        WITNESS.attempt((n, flag))?;
        Ok(if flag { n } else { 0 }.into())
    }

    #[test]
    fn attempts_see_what_was_passed() {
        WITNESS.check(POLICY, "a!2", || mutable("a".into(), 1));
        WITNESS.check(POLICY, ("a".to_owned(), vec![1]), || moved("a".into(), vec![1]));
        WITNESS.check(POLICY, 7, || copied(7, vec![1], true));
    }
}

/// Borrowed: the same place in every attempt.
#[each_policy(borrows)]
pub mod borrowed {
    use std::borrow::Cow;

    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Shared references, and one that is `mut` itself.
    #[guarded]
    pub fn shared(mut text: &str, numbers: &[u32], number: &u32) -> Result<Served<String>, Fault> {
        if let Some(rest) = text.strip_prefix('-') {
            text = rest;
        }
        WITNESS.attempt((text, numbers, number))?;
        Ok(format!("{text}{numbers:?}{number}").into())
    }

    /// Exclusive references, one of them given on.
    #[guarded]
    pub fn exclusive(list: &mut Vec<usize>, count: &mut usize) -> Result<Served<usize>, Fault> {
        *count += 1;
        add(list, *count);
        WITNESS.attempt(())?;
        Ok(list.iter().sum::<usize>().into())
    }

    /// An exclusive reference that is moved into another value, and one that is put elsewhere.
    #[guarded]
    #[allow(clippy::ptr_arg)]
    pub fn given_away(list: &mut Vec<usize>, mut rest: &mut [usize]) -> Result<Served<usize>, Fault> {
        let mut all = list.iter_mut();
        if let Some(first) = all.next() {
            *first += 1;
        }
        while let [first, tail @ ..] = rest {
            *first += 1;
            rest = tail;
        }
        WITNESS.attempt(rest.len())?;
        Ok(list.iter().sum::<usize>().into())
    }

    /// Borrows inside of other types.
    #[guarded]
    pub fn inside<'a>(cow: Cow<'a, str>, words: Vec<&'a str>) -> Result<Served<Vec<Cow<'a, str>>>, Fault> {
        WITNESS.attempt((&cow, &words))?;
        let mut all = vec![cow];
        all.extend(words.into_iter().map(Cow::Borrowed));
        Ok(all.into())
    }

    fn add(list: &mut Vec<usize>, n: usize) {
        list.push(n);
    }

    #[test]
    fn places_are_the_callers() {
        WITNESS.check(POLICY, "a[1, 2]3", || shared("-a", &[1, 2], &3));
        WITNESS.check(POLICY, ["a", "b"], || inside(Cow::Borrowed("a"), vec!["b"]));
    }
}

/// `&mut` arguments, called by tests that own what they lend.
#[each_policy(borrows, as_written)]
pub mod lent {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// What one attempt pushed the next one finds.
    #[guarded]
    pub fn pushed(list: &mut Vec<usize>) -> Result<Served<usize>, Fault> {
        list.push(list.len());
        WITNESS.attempt(())?;
        Ok(list.len().into())
    }

    #[test]
    fn attempts_share_the_place() {
        WITNESS.check_changing(POLICY, |runs| runs, || pushed(&mut Vec::new()));
    }
}

/// Bound by patterns.
#[each_policy]
pub mod patterns {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Has parts.
    #[derive(Clone, Debug)]
    pub struct Point {
        /// One.
        pub x: u32,
        /// Another.
        pub name: String,
    }

    /// A struct, a tuple with `mut`, a slice, a wildcard.
    #[guarded]
    pub fn taken_apart(
        Point { mut x, name, .. }: Point,
        (mut a, b): (u32, String),
        [first, .., last]: [u32; 3],
        _: Vec<u8>,
    ) -> Result<Served<String>, Fault> {
        x += 1;
        a += 1;
        WITNESS.attempt((x, &name, a, &b, first, last))?;
        Ok(format!("{x}{name}{a}{b}{first}{last}").into())
    }

    /// `@`, nested, parenthesized.
    #[guarded]
    pub fn nested(
        whole @ (_, _): (u32, u32),
        (((c,), d), _): (((u32,), u32), u32),
    ) -> Result<Served<u32>, Fault> {
        WITNESS.attempt((whole, c, d))?;
        Ok((whole.0 + whole.1 + c + d).into())
    }

    /// Only a wildcard.
    #[guarded]
    pub fn unread(_: String) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(())?;
        Ok(1.into())
    }

    #[test]
    fn parts_are_as_passed() {
        WITNESS.check(POLICY, "2n3b46", || {
            taken_apart(Point { x: 1, name: "n".into() }, (2, "b".into()), [4, 5, 6], vec![])
        });
        WITNESS.check(POLICY, 10, || nested((1, 2), (((3,), 4), 5)));
        WITNESS.check(POLICY, 1, || unread("x".into()));
    }
}

/// Patterns that borrow: `&x`, `ref`.
#[each_policy(borrows)]
pub mod borrowing_patterns {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// `&x`, `ref` and a tuple of references.
    #[guarded]
    #[allow(clippy::toplevel_ref_arg, clippy::needless_pass_by_value)]
    pub fn seen_through(&a: &u32, ref b: String, (c, &d): (&str, &u32)) -> Result<Served<String>, Fault> {
        WITNESS.attempt((a, b, c, d))?;
        Ok(format!("{a}{b}{c}{d}").into())
    }

    /// `ref mut`: what an attempt changes is its own.
    #[guarded]
    #[allow(clippy::toplevel_ref_arg, clippy::needless_pass_by_value)]
    pub fn changed_through(
        ref mut list: Vec<u32>,
        (ref mut text, n): (String, u32),
    ) -> Result<Served<String>, Fault> {
        list.push(n);
        text.push('!');
        WITNESS.attempt((&*list, &*text, n))?;
        Ok(format!("{list:?}{text}").into())
    }

    #[test]
    fn parts_are_as_passed() {
        WITNESS.check(POLICY, "[1, 2]a!", || changed_through(vec![1], ("a".into(), 2)));
        WITNESS.check(POLICY, "1b3c4", || seen_through(&1, "b3".into(), ("c", &4)));
    }
}

/// Under `#[cfg]`: there or not, and what is not there is seen by nobody.
#[each_policy]
pub mod conditional {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// Of the same name as an argument that is not there.
    pub const ABSENT: u32 = 7;

    /// Two that are there, and two that are not.
    #[guarded]
    pub fn chosen(
        #[cfg(not(target_os = "none"))] mut text: String,
        #[cfg(target_os = "none")] ABSENT: Missing,
        #[cfg(not(target_os = "none"))] (a, _): (u32, u32),
        #[cfg(target_os = "none")] (x, y): (Missing, Missing),
        n: u32,
    ) -> Result<Served<String>, Fault> {
        #[cfg(not(target_os = "none"))]
        text.push('!');
        WITNESS.attempt((&text, a, n))?;
        Ok(format!("{text}{a}{n}{ABSENT}").into())
    }

    /// Nothing remains of it.
    #[cfg(target_os = "none")]
    #[guarded]
    pub fn absent(missing: Missing) -> Result<Served<Missing>, Fault> {
        Ok(missing.into())
    }

    #[test]
    fn those_that_are_there_are_as_passed() {
        WITNESS.check(POLICY, "a!127", || chosen("a".into(), (1, 0), 2));
    }
}
