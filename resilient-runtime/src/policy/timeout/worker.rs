//! Threads that run one order after another, so that a sync timeout does not pay for a thread each
//! time. They go by the name of the thread that they work for. What an order is about they do not know; an
//! idle one goes after a while.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::desk::Desk;
use super::order::Order;
use crate::clock::Patience;
use crate::sync::{Mutex, lock};

/// The desks of workers that wait for an order. Those that became idle last, the warmest, are near the top.
static IDLE: Mutex<Vec<Arc<Desk>>> = Mutex::new(Vec::new());

/// An idle worker waits so long for its next order.
const IDLE_FOR: Duration = Duration::from_secs(10);

thread_local! {
    /// The number of the desk at which this thread's last order was carried out. It needs no look at names,
    /// and what it works with may still be in this processor's caches.
    static LAST: Cell<usize> = const { Cell::new(0) };
}

/// Has `order` carried out by an idle worker of this thread's name, or by a new one, and waits for that as
/// long as `patience` lasts. `None`: it was given up, and counts among those of `operation`.
///
/// # Errors
/// The system gives no further thread; the order was not carried out.
#[inline]
pub(super) fn run(
    order: Box<Order>,
    patience: Patience,
    operation: &'static str,
) -> io::Result<Option<Box<Order>>> {
    let desk = match idle_desk() {
        Some(desk) => {
            desk.post(order);
            desk
        }
        None => hire(order)?,
    };
    let done = desk.wait(patience, operation);
    if done.is_some() {
        let _ = LAST.try_with(|last| last.set(desk.number()));
        lock(&IDLE).push(desk);
    }
    Ok(done)
}

/// Taken off the list: whoever has it is the only one to post there.
#[inline]
fn idle_desk() -> Option<Arc<Desk>> {
    let last = LAST.try_with(Cell::get).unwrap_or_default();
    let mut idle = lock(&IDLE);
    let place = idle.iter().rposition(|desk| desk.number() == last).or_else(|| {
        let caller = thread::current();
        idle.iter().rposition(|desk| desk.name() == caller.name())
    })?;
    Some(idle.swap_remove(place))
}

#[cold]
fn hire(order: Box<Order>) -> io::Result<Arc<Desk>> {
    let desk = Arc::new(Desk::new(thread::current().name(), order));
    let new = match desk.name() {
        Some(name) => thread::Builder::new().name(name.to_owned()),
        None => thread::Builder::new(),
    };
    let at = Arc::clone(&desk);
    new.spawn(move || work(&at))?;
    Ok(desk)
}

fn work(desk: &Arc<Desk>) {
    while let Some(mut order) = next_order(desk) {
        order.carry_out();
        if let Some(unwanted) = desk.finish(order) {
            // A value's own `Drop` may panic, and nobody is there to hear of it.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(unwanted)));
            lock(&IDLE).push(Arc::clone(desk));
        }
    }
}

fn next_order(desk: &Arc<Desk>) -> Option<Box<Order>> {
    loop {
        if let Some(order) = desk.next(IDLE_FOR) {
            return Some(order);
        }
        // Whoever took the desk off the list is about to post an order, or to put it back.
        let mut idle = lock(&IDLE);
        if let Some(place) = idle.iter().position(|other| Arc::ptr_eq(other, desk)) {
            idle.swap_remove(place);
            return None;
        }
    }
}
