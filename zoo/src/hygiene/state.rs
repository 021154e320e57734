//! Whose state is whose: methods of one name have each their own, instances of a generic one share.

use resilient_zoo::prelude::*;

/// Answers or fails.
#[derive(Clone, Copy, Debug)]
pub struct One;

/// Answers or fails.
#[derive(Clone, Copy, Debug)]
pub struct Other;

/// Asks.
pub trait Ask {
    /// Is asked.
    fn ask(&self, fail: bool) -> Result<(), Fault>;
}

impl Ask for One {
    #[circuit_breaker(failure_threshold = 1)]
    fn ask(&self, fail: bool) -> Result<(), Fault> {
        let Self = self;
        if fail { Err(Fault::Lost) } else { Ok(()) }
    }
}

impl Ask for Other {
    #[circuit_breaker(failure_threshold = 1)]
    fn ask(&self, fail: bool) -> Result<(), Fault> {
        let Self = self;
        if fail { Err(Fault::Lost) } else { Ok(()) }
    }
}

/// One breaker for all types and numbers.
#[circuit_breaker(failure_threshold = 1)]
pub fn generic<T: Default, const N: usize>(fail: bool) -> Result<[T; N], Fault> {
    if fail { Err(Fault::Lost) } else { Ok(std::array::from_fn(|_| T::default())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_of_one_name_have_each_their_own() {
        assert!(One.ask(true).is_err());
        assert!(matches!(One.ask(false), Err(Fault::CircuitOpen(_))));
        assert!(Other.ask(false).is_ok());
    }

    #[test]
    fn instances_of_a_generic_function_share_one() {
        assert!(generic::<u8, 1>(true).is_err());
        assert!(matches!(generic::<String, 2>(false), Err(Fault::CircuitOpen(_))));
    }
}
