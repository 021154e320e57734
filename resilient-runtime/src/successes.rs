//! Successes of a window of time while nothing else is in it: each thread counts its own, so that threads
//! that succeed do not wait for one another. Everything else is counted under a lock, in `window`; whoever
//! judges the numbers adds the two up.

use std::fmt;
use std::time::Duration;

use crate::clock::Moment;
use crate::sync::{AtomicU64, OnceLock, Ordering, shard};

/// Counts by interval of time and by thread. A count is read as it was at some moment of the reading.
pub(crate) struct Successes {
    length: Duration,
    /// Of an interval, in nanoseconds.
    width: u64,
    /// Made when a thread first needs one.
    shards: [OnceLock<Box<Shard>>; shard::NUMBER],
}

/// The counts of some threads, on cache lines of their own.
#[repr(align(128))]
struct Shard([AtomicU64; SLOTS]);

/// More than the intervals of one window: one is written anew only when it is long past.
const SLOTS: usize = 128;
/// No more intervals begin in one window.
const INTERVALS: u64 = 100;

/// A count with what it counts, in one atomic: 8 bits of the generation, 32 of the interval's number, and 24
/// of the count. What is past comes round again after more than a million windows.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot(u64);

impl Slot {
    const COUNT: u64 = (1 << 24) - 1;

    const fn new(generation: u64, interval: u64) -> Self {
        Self((generation & 0xFF) << 56 | (interval & 0xFFFF_FFFF) << 24)
    }

    const fn count(self) -> u64 {
        self.0 & Self::COUNT
    }

    /// Without the count.
    const fn empty(self) -> Self {
        Self(self.0 & !Self::COUNT)
    }

    const fn is_of(self, generation: u64) -> bool {
        self.0 >> 56 == generation & 0xFF
    }

    /// Whether this is of a later generation or, in the same, of a later interval: a thread that was held up
    /// on its way must not undo what others counted since.
    const fn is_after(self, other: Self) -> bool {
        let generations = (self.0 >> 56).wrapping_sub(other.0 >> 56) & 0xFF;
        let intervals = other.age(self.0 >> 24);
        (generations > 0 && generations < 0x80)
            || (generations == 0 && intervals > 0 && intervals < 0x8000_0000)
    }

    /// How many intervals this one is before that of `interval`.
    const fn age(self, interval: u64) -> u64 {
        (interval & 0xFFFF_FFFF).wrapping_sub(self.0 >> 24) & 0xFFFF_FFFF
    }
}

impl Successes {
    /// For a window of this length.
    pub(crate) fn new(length: Duration) -> Self {
        let nanos = u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
        Self { length, width: nanos / INTERVALS + 1, shards: std::array::from_fn(|_| OnceLock::new()) }
    }

    /// Counts one that ended at `now`.
    pub(crate) fn add(&self, generation: u64, now: Moment) {
        let interval = now.as_nanos() / self.width;
        let own = Slot::new(generation, interval);
        let Some(slot) = self.slot(interval) else { return };
        let mut seen = Slot(slot.load(Ordering::SeqCst));
        loop {
            let next = if seen.empty() != own {
                if seen.count() > 0 && seen.is_after(own) {
                    return;
                }
                own.0 + 1
            } else if seen.count() < Slot::COUNT {
                seen.0 + 1
            } else {
                return;
            };
            match slot.compare_exchange(seen.0, next, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => return,
                Err(other) => seen = Slot(other),
            }
        }
    }

    /// How many of that generation are in the window that ends at `now`.
    pub(crate) fn count(&self, generation: u64, now: Moment) -> u32 {
        let current = now.as_nanos() / self.width;
        let in_window = |slot: Slot| {
            let start = current.saturating_sub(slot.age(current)).saturating_mul(self.width);
            slot.is_of(generation)
                && slot.age(current) < SLOTS as u64
                && now.since(Moment::from_nanos(start)) < self.length
        };
        let slots = self.shards.iter().filter_map(OnceLock::get).flat_map(|shard| &shard.0);
        let all = slots.map(|slot| Slot(slot.load(Ordering::SeqCst)));
        let count: u64 = all.filter(|slot| slot.count() > 0 && in_window(*slot)).map(Slot::count).sum();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Where this thread counts what ends in that interval.
    fn slot(&self, interval: u64) -> Option<&AtomicU64> {
        let made = || Box::new(Shard(std::array::from_fn(|_| AtomicU64::new(0))));
        let shard = self.shards.get(shard::of_this_thread())?.get_or_init(made);
        shard.0.get(usize::try_from(interval % SLOTS as u64).ok()?)
    }
}

/// Whether these are the same counts, not whether they are as many.
impl PartialEq for Successes {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Successes {}

impl fmt::Debug for Successes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Successes").field("length", &self.length).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_micros(1);
    const WIDTH: u64 = 11;

    const fn at(nanos: u64) -> Moment {
        Moment::from_nanos(nanos)
    }

    #[test]
    fn each_is_in_the_window_for_as_long_as_that_is_and_no_more_than_an_interval_less() {
        for start in [0, 5, 1 << 40, (1 << 62) + 7] {
            let successes = Successes::new(WINDOW);
            for later in 0..50 {
                successes.add(1, at(start + later * 40));
            }
            for now in (start..start + 4000).step_by(7) {
                let in_window = |least: u64| {
                    let ends = (0..50).map(|later| start + later * 40);
                    ends.filter(|end| now.saturating_sub(*end) < least).count()
                };
                // All were added already, also those that `now` is before.
                let count = successes.count(1, at(now)) as usize;
                if now >= start + 2000 {
                    assert!(count <= in_window(1000), "{count} at {now}");
                    assert!(count >= in_window(1000 - WIDTH), "{count} at {now}");
                }
            }
        }
    }

    #[test]
    fn what_belongs_to_another_generation_is_not_counted() {
        let successes = Successes::new(WINDOW);
        successes.add(3, at(100));
        successes.add(4, at(100));
        successes.add(4, at(101));
        assert_eq!([2, 3, 4, 5].map(|generation| successes.count(generation, at(200))), [0, 0, 2, 0]);
    }

    #[test]
    fn a_thread_that_was_held_up_undoes_nothing() {
        let successes = Successes::new(WINDOW);
        let late = at(WIDTH);
        for round in 0..3 {
            let now = at(WIDTH * (1 + round * SLOTS as u64));
            successes.add(1, now);
            successes.add(1, late);
            assert_eq!(successes.count(1, now), if round == 0 { 2 } else { 1 }, "{round}");
        }
        successes.add(2, late);
        successes.add(1, late);
        assert_eq!([1, 2].map(|generation| successes.count(generation, late)), [0, 1]);
    }

    #[test]
    fn a_count_that_is_full_stays_full() {
        let successes = Successes::new(Duration::MAX);
        let Some(slot) = successes.slot(0) else { unreachable!("this thread has a place") };
        slot.store(Slot::new(1, 0).0 + Slot::COUNT - 1, Ordering::SeqCst);
        (0..3).for_each(|_| successes.add(1, at(5)));
        assert_eq!(u64::from(successes.count(1, at(5))), Slot::COUNT);
    }

    #[test]
    fn no_clock_makes_it_panic() {
        for length in [Duration::from_nanos(1), WINDOW, Duration::MAX] {
            let successes = Successes::new(length);
            for now in [0, 1, u64::MAX / 2, u64::MAX - 1, u64::MAX, 3] {
                successes.add(u64::MAX, at(now));
                assert!(successes.count(u64::MAX, at(now)) >= 1, "{length:?} {now}");
            }
        }
    }

    #[test]
    fn threads_lose_none() {
        let successes = Successes::new(Duration::from_secs(1));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..10_000).for_each(|call| successes.add(7, at(call))));
            }
        });
        assert_eq!(successes.count(7, at(10_000)), 80_000);
    }
}
