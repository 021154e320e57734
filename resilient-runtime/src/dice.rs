//! Chance, and the only file that asks for it: everything else is handed its dice.

use std::cell::RefCell;
use std::sync::Arc;

use crate::sync::{Mutex, lock};

/// Dice that fall the same for the same seed.
#[derive(Debug)]
pub(crate) struct Seeded(Mutex<fastrand::Rng>);

thread_local! {
    static CURRENT: RefCell<Option<Arc<Seeded>>> = const { RefCell::new(None) };
}

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    /// This thread's, if it has any. `None` while the thread is shutting down.
    #[inline]
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(|current| current.borrow().clone()).unwrap_or_default()
    }

    /// Makes this thread roll these, and says what it rolled before.
    #[inline]
    pub(crate) fn install(dice: Option<Arc<Self>>) -> Option<Arc<Self>> {
        CURRENT.try_with(|current| current.replace(dice)).unwrap_or_default()
    }
}

/// A number from 0 (included) to 1 (excluded), from seeded dice where this thread has them, or from a
/// generator of its own.
pub(crate) fn roll() -> f64 {
    Seeded::current().map_or_else(fastrand::f64, |dice| lock(&dice.0).f64())
}
