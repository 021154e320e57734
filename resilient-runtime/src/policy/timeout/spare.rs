//! Orders that have been carried out, kept by each thread for its next call of the same function, so that a
//! call allocates nothing. Nothing of the call before is in them; how much is kept is bounded.

use std::any::TypeId;
use std::cell::RefCell;

use super::order::Order;

/// Of one thread. If it calls more functions than these by turns, each call allocates.
const MOST: usize = 8;
/// Bytes. What is larger costs more to move than to allocate.
const LARGEST: usize = 4096;

/// With the type of its job, so that nobody has to ask.
type Spare = (TypeId, Box<Order>);

thread_local! {
    /// A call takes its own out while it runs: no two calls have the same one.
    static SPARES: RefCell<Vec<Spare>> = const { RefCell::new(Vec::new()) };
}

/// One of that type, if this thread keeps one.
pub(super) fn take(of: TypeId) -> Option<Box<Order>> {
    SPARES
        .try_with(|spares| {
            let mut spares = spares.borrow_mut();
            let place = spares.iter().rposition(|(kept, _)| *kept == of)?;
            Some(spares.swap_remove(place).1)
        })
        .unwrap_or_default()
}

/// Keeps `spare`, from which the value was taken; in place of an old one if there are too many.
pub(super) fn keep(of: TypeId, spare: Box<Order>) {
    if size_of_val(&*spare) > LARGEST {
        return;
    }
    // A thread that is shutting down keeps nothing.
    let _ = SPARES.try_with(|spares| {
        let mut spares = spares.borrow_mut();
        if spares.len() >= MOST {
            spares.remove(0);
        }
        spares.push((of, spare));
    });
}

#[cfg(test)]
mod tests {
    use std::any::Any;

    use super::*;
    use crate::policy::timeout::order::Job;

    struct Of<const N: usize>([u8; N]);

    impl<const N: usize> Job for Of<N> {
        fn run(&mut self) {}

        fn as_any(&mut self) -> &mut dyn Any {
            self
        }
    }

    fn put<const N: usize>() {
        keep(TypeId::of::<Of<N>>(), Order::new(Of([0; N])));
    }

    fn got<const N: usize>() -> bool {
        take(TypeId::of::<Of<N>>()).is_some_and(|mut order| order.job.as_any().is::<Of<N>>())
    }

    /// What is kept is its thread's own, so no other test is in the way.
    #[test]
    fn what_is_kept_is_given_once_and_by_its_type() {
        assert!(!got::<1>());
        put::<1>();
        put::<2>();
        assert!(!got::<3>());
        assert!(got::<1>());
        assert!(!got::<1>(), "it is in use");
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(!got::<2>(), "another thread has its own"));
        });
        assert!(got::<2>());
    }

    #[test]
    fn there_is_an_end_of_what_is_kept() {
        let all: [fn(); 10] = [
            put::<0>, put::<1>, put::<2>, put::<3>, put::<4>, put::<5>, put::<6>, put::<7>, put::<8>,
            put::<9>,
        ];
        for _ in 0..3 {
            for put in all {
                put();
            }
            put::<LARGEST>();
            assert_eq!(SPARES.with_borrow(Vec::len), MOST);
        }
        assert!(!got::<0>() && !got::<1>(), "the first ones went");
        assert!(got::<2>() && got::<9>());
        assert!(!got::<LARGEST>());
    }
}
