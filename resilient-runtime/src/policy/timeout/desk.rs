//! Where a caller hands an order to one worker, and the worker hands back what came of it. One order at a
//! time; who may post is decided by whoever keeps the list of desks.

use std::time::Duration;

use super::abandoned;
use super::order::Order;
use crate::clock::Patience;
use crate::sync::{AtomicUsize, Condvar, Mutex, Ordering, PoisonError, lock};

pub(super) struct Desk {
    number: usize,
    /// The worker's: whoever reads a log or a panic's message knows a thread by it.
    name: Option<Box<str>>,
    on: Mutex<On>,
    posted: Condvar,
    finished: Condvar,
}

/// What lies on a desk.
struct On {
    posted: Option<Box<Order>>,
    finished: Option<Box<Order>>,
    /// The operation whose caller does not wait any more.
    given_up: Option<&'static str>,
}

impl Desk {
    pub(super) fn new(name: Option<&str>, first: Box<Order>) -> Self {
        /// Zero is no desk's.
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            name: name.map(Box::from),
            on: Mutex::new(On { posted: Some(first), finished: None, given_up: None }),
            posted: Condvar::new(),
            finished: Condvar::new(),
        }
    }

    #[inline]
    pub(super) fn number(&self) -> usize {
        self.number
    }

    #[inline]
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    #[inline]
    pub(super) fn post(&self, order: Box<Order>) {
        lock(&self.on).posted = Some(order);
        self.posted.notify_one();
    }

    /// What came of the order, or `None`: patience is over, and nobody is to wait here any more.
    #[inline]
    pub(super) fn wait(&self, mut patience: Patience, operation: &'static str) -> Option<Box<Order>> {
        let mut on = lock(&self.on);
        while on.finished.is_none() {
            on = match patience.left() {
                Some(Duration::ZERO) => {
                    on.given_up = Some(operation);
                    // Before the worker can tell that it has come back.
                    abandoned::give_up(operation);
                    return None;
                }
                Some(left) => self.finished.wait_timeout(on, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.finished.wait(on).unwrap_or_else(PoisonError::into_inner),
            };
        }
        on.finished.take()
    }

    /// The worker's next order, if there is one within about `idle`.
    #[inline]
    pub(super) fn next(&self, idle: Duration) -> Option<Box<Order>> {
        let mut on = lock(&self.on);
        if on.posted.is_none() {
            on = self.posted.wait_timeout(on, idle).unwrap_or_else(PoisonError::into_inner).0;
        }
        on.posted.take()
    }

    /// Gives `order` back if nobody waits for it.
    #[inline]
    pub(super) fn finish(&self, order: Box<Order>) -> Option<Box<Order>> {
        let mut on = lock(&self.on);
        if let Some(operation) = on.given_up.take() {
            abandoned::came_back(operation);
            return Some(order);
        }
        on.finished = Some(order);
        drop(on);
        self.finished.notify_one();
        None
    }
}
