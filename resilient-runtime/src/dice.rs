//! Chance, and the only file that asks for it: everything else is handed its dice.

/// A number from 0 (included) to 1 (excluded), from a generator of this thread's own.
pub(crate) fn roll() -> f64 {
    fastrand::f64()
}
