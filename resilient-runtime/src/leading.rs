//! Whether this thread is inside a call that others wait for, and so must not wait for another in its turn.
//! Set by whoever shares calls and carried to workers by sync timeouts; nothing is decided here.

use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    /// In how many such calls.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Whether it is in any.
pub(crate) fn is_leading() -> bool {
    DEPTH.get() > 0
}

/// In one more until the guard is dropped.
pub(crate) fn enter() -> Leading {
    DEPTH.set(DEPTH.get() + 1);
    Leading(PhantomData)
}

/// While it lives, this thread is inside a call that others wait for.
#[must_use = "it holds only while this lives"]
pub(crate) struct Leading(
    /// It is this thread that is inside.
    PhantomData<*const ()>,
);

impl Drop for Leading {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_inside_until_the_outermost_guard_is_gone() {
        assert!(!is_leading());
        let outer = enter();
        drop(enter());
        assert!(is_leading());
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(!is_leading(), "another thread is on its own"));
        });
        drop(outer);
        assert!(!is_leading());
    }
}
