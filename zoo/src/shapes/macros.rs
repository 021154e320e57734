//! Functions that other macros write, and names that are no plain words.

use resilient_zoo_stamp::each_policy;

/// Functions made by `macro_rules!`, from pieces of every kind.
#[each_policy]
pub mod made {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    macro_rules! from_pieces {
        ($vis:vis $name:ident($arg:ident: $ty:ty) -> $returns:ty $body:block) => {
            /// From a block, a type and an identifier.
            #[guarded]
            $vis fn $name($arg: $ty, more: u32) -> $returns {
                let _ = more;
                $body
            }
        };
    }

    macro_rules! from_a_block {
        ($name:ident $arg:ident $body:block) => {
            /// Its body is the block itself.
            #[guarded]
            pub fn $name(mut $arg: String) -> Result<Served<String>, Fault> $body
        };
    }

    macro_rules! method {
        ($name:ident $value:expr, $pattern:pat) => {
            /// Its `self` is the macro's.
            #[guarded]
            pub fn $name(mut self, $pattern: (u32, u32)) -> Result<Served<u32>, Fault> {
                self.0 += $value;
                WITNESS.attempt(self.0)?;
                Ok(self.0.into())
            }
        };
    }

    from_pieces!(pub from_pieces_of(text: String) -> Result<Served<usize>, Fault> {
        WITNESS.attempt(&text)?;
        Ok(text.len().into())
    });

    from_a_block!(from_a_block_of text {
        text.push('!');
        WITNESS.attempt(&text)?;
        Ok(text.into())
    });

    /// Counts.
    #[derive(Clone, Copy, Debug)]
    pub struct Counter(u32);

    impl Counter {
        method!(add_one 1, _);
        method!(add_two 1 + 1, (_, _));
    }

    #[test]
    fn they_are_as_if_written() {
        WITNESS.check(POLICY, 3, || from_pieces_of("abc".into(), 1));
        WITNESS.check(POLICY, "a!", || from_a_block_of("a".into()));
        WITNESS.check(POLICY, 2, || Counter(1).add_one((0, 0)));
        WITNESS.check(POLICY, 3, || Counter(1).add_two((0, 0)));
    }
}

/// An item that is handed on whole.
#[each_policy(as_written)]
pub mod handed_on {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    macro_rules! as_an_item {
        ($item:item) => {
            #[guarded]
            $item
        };
    }

    as_an_item! {
        /// A whole item.
        #[inline]
        pub fn whole((a, mut b): (u32, u32)) -> Result<Served<u32>, Fault> {
            b += 1;
            WITNESS.attempt((a, b))?;
            Ok((a + b).into())
        }
    }

    #[test]
    fn it_is_as_if_written() {
        WITNESS.check(POLICY, 4, || whole((1, 2)));
    }
}

/// Raw identifiers, for everything that has a name.
#[each_policy]
pub mod raw {
    use resilient_zoo::prelude::*;

    static WITNESS: Witness = Witness::new();

    /// A keyword.
    #[derive(Clone, Debug)]
    pub struct r#Type {
        r#match: u32,
    }

    /// A function, an argument and a field.
    #[guarded]
    pub fn r#fn(r#type: r#Type, mut r#in: u32) -> Result<Served<u32>, Fault> {
        r#in += 1;
        WITNESS.attempt((&r#type, r#in))?;
        Ok((r#type.r#match + r#in).into())
    }

    #[test]
    fn keywords_are_names_too() {
        WITNESS.check(POLICY, 4, || r#fn(r#Type { r#match: 1 }, 2));
    }
}

/// A function inside of another, and one macro used twice: each has a state of its own.
pub mod nested {
    use resilient_zoo::prelude::*;

    macro_rules! failing {
        ($name:ident) => {
            #[circuit_breaker(failure_threshold = 1)]
            fn $name() -> Result<(), Fault> {
                #[circuit_breaker(failure_threshold = 1)]
                fn inner(fail: bool) -> Result<(), Fault> {
                    if fail { Err(Fault::Lost) } else { Ok(()) }
                }
                if inner(true).is_err() && matches!(inner(false), Err(Fault::CircuitOpen(_))) {
                    return Err(Fault::Lost);
                }
                Ok(())
            }
        };
    }

    failing!(first);
    failing!(second);

    /// What two calls of each come to.
    #[must_use]
    pub fn calls() -> [bool; 4] {
        let is_open = |came: Result<(), Fault>| matches!(came, Err(Fault::CircuitOpen(_)));
        [is_open(first()), is_open(first()), is_open(second()), is_open(second())]
    }

    #[test]
    fn each_function_has_a_state_of_its_own() {
        assert_eq!(calls(), [false, true, false, true]);
    }
}
