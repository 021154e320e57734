//! What a trait has besides methods, and methods with a body: a wrapper has what is wrapped has.

use resilient::{decorator, retry};

use crate::witness::Fault;

/// Half of it is there by default.
#[decorator(GuardedHalf)]
pub trait Half {
    /// What it is called.
    const NAME: &'static str = "half";
    /// Guarded, whether or not the implementation has its own.
    ///
    /// # Errors
    /// At first.
    #[retry(backoff = none)]
    fn guarded(&mut self, mut n: u32, (left, _): (u32, u32), _: u8) -> Result<u32, Fault> {
        n += left;
        if self.fails() { Err(Fault::Lost) } else { Ok(n) }
    }
    /// Not guarded.
    fn plain(&self, _unused: u32) -> u32 {
        1
    }
    /// Whether it is to fail this time.
    fn fails(&mut self) -> bool;
}

/// Has only what it must.
#[derive(Clone, Copy, Debug, Default)]
pub struct Least(u32);

/// Has its own of everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Most(u32);

impl Half for Least {
    fn fails(&mut self) -> bool {
        self.0 += 1;
        self.0 < 3
    }
}

impl Half for Most {
    const NAME: &'static str = "most";

    fn guarded(&mut self, n: u32, _: (u32, u32), _: u8) -> Result<u32, Fault> {
        self.0 += 1;
        if self.0 < 2 { Err(Fault::Lost) } else { Ok(n * 100) }
    }

    fn plain(&self, unused: u32) -> u32 {
        unused
    }

    fn fails(&mut self) -> bool {
        false
    }
}

/// Everything is there.
#[decorator(GuardedNothing)]
pub trait Nothing {
    /// By default.
    ///
    /// # Errors
    /// None.
    #[retry]
    fn nothing(&self) -> Result<(), Fault> {
        Ok(())
    }
}

impl Nothing for () {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_methods_of_the_trait_are_guarded_in_the_wrapper() {
        let mut one = GuardedHalf::new(Least::default());
        assert_eq!(
            one.guarded(1, (2, 3), 4).ok(),
            Some(3),
            "the third attempt, with the arguments as they were"
        );
        assert_eq!((one.plain(5), GuardedHalf::<Least>::NAME), (1, "half"));
        assert_eq!(one.into_inner().guarded(1, (2, 3), 4).ok(), Some(3));
        assert!(Least::default().guarded(1, (2, 3), 4).is_err(), "in the trait the body is plain");
        assert!(GuardedNothing::new(()).nothing().is_ok());
    }

    #[test]
    fn those_of_an_implementation_are_used() {
        let mut one = GuardedHalf::new(Most::default());
        assert_eq!(one.guarded(1, (2, 3), 4).ok(), Some(100));
        assert_eq!((one.plain(5), one.fails(), GuardedHalf::<Most>::NAME), (5, false, "most"));
    }
}
