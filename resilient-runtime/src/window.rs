//! Counts over the last calls or the last time, as a plain object: told what a call came to and when,
//! it says how many calls of its window failed or were slow. No clock, no lock, and no judgement of the
//! numbers here.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Moment;
use crate::successes::Successes;

/// The calls over which a rate is taken. It slides: there is no edge at which counts start afresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Window {
    /// The last so many calls, up to [`Window::MAX_CALLS`]. Each takes two bytes.
    Calls(u32),
    /// The calls that ended within the last so long, whatever their number. Calls that end within a
    /// hundredth of the window of each other may be forgotten together: none later than the window says,
    /// and none more than a hundredth of it earlier. Takes some 2.5 kB, and
    /// up to 8 kB more where many threads succeed.
    Time(Duration),
}

impl Window {
    /// The longest window of calls.
    pub const MAX_CALLS: u32 = 1_000_000;
}

/// What a call came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) failed: bool,
    pub(crate) slow: bool,
}

/// How many calls, and what they came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) calls: u32,
    pub(crate) failures: u32,
    pub(crate) slow: u32,
}

impl Counts {
    /// The share of failures, from 0 to 1; `None` of no calls.
    pub(crate) fn failure_rate(self) -> Option<f64> {
        self.share(self.failures)
    }

    /// The share of slow calls, from 0 to 1; `None` of no calls.
    pub(crate) fn slow_call_rate(self) -> Option<f64> {
        self.share(self.slow)
    }

    fn share(self, part: u32) -> Option<f64> {
        // Divided, so that 7 of 100 is the very number that is written `0.07`; 100 × 0.07 is above 7.
        (self.calls > 0).then(|| f64::from(part) / f64::from(self.calls))
    }

    fn plus(self, call: Call) -> Self {
        Self {
            calls: self.calls.saturating_add(1),
            failures: self.failures.saturating_add(u32::from(call.failed)),
            slow: self.slow.saturating_add(u32::from(call.slow)),
        }
    }

    fn minus(self, forgotten: Self) -> Self {
        Self {
            calls: self.calls.saturating_sub(forgotten.calls),
            failures: self.failures.saturating_sub(forgotten.failures),
            slow: self.slow.saturating_sub(forgotten.slow),
        }
    }
}

/// The counts of a window. All its memory is taken when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tally {
    Calls(LastCalls),
    Time(LastTime),
}

impl Tally {
    pub(crate) fn new(window: Window) -> Self {
        match window {
            Window::Calls(length) => Self::Calls(LastCalls::new(length)),
            Window::Time(length) => Self::Time(LastTime::new(length)),
        }
    }

    pub(crate) fn record(&mut self, call: Call, now: Moment) {
        match self {
            Self::Calls(calls) => calls.record(call),
            Self::Time(time) => time.record(call, now),
        }
    }

    /// The counts of the window that ends at `now`.
    pub(crate) fn counts(&self, now: Moment) -> Counts {
        match self {
            Self::Calls(calls) => calls.counts,
            Self::Time(time) => time.counts(now),
        }
    }

    /// Forgets all calls: those that count from now on are of this generation.
    pub(crate) fn clear(&mut self, generation: u64) {
        match self {
            // What the slots hold counts no more: each is written anew before it is read.
            Self::Calls(calls) => calls.counts = Counts::default(),
            Self::Time(time) => {
                time.intervals.clear();
                time.counts = Counts::default();
                time.generation = generation;
            }
        }
    }

    /// Where quick successes are counted while there is nothing else in a window of time.
    pub(crate) fn apart(&self) -> Option<&Arc<Successes>> {
        match self {
            Self::Calls(_) => None,
            Self::Time(time) => Some(&time.apart),
        }
    }

    /// Whether there is nothing but successes in a window of time.
    pub(crate) fn has_successes_only(&self) -> bool {
        matches!(self, Self::Time(time) if (time.counts.failures, time.counts.slow) == (0, 0))
    }

    /// Whether one more quick success would leave the counts as they are, now and later.
    pub(crate) fn is_full_of_successes(&self) -> bool {
        match self {
            Self::Calls(calls) => calls.is_full() && (calls.counts.failures, calls.counts.slow) == (0, 0),
            Self::Time(_) => false,
        }
    }
}

/// A ring of calls.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LastCalls {
    calls: Box<[Call]>,
    /// Where the next call is written: over the oldest, once the ring is full.
    next: usize,
    counts: Counts,
}

impl LastCalls {
    fn new(length: u32) -> Self {
        let length = usize::try_from(length.min(Window::MAX_CALLS)).unwrap_or(usize::MAX);
        Self { calls: vec![Call::default(); length].into(), next: 0, counts: Counts::default() }
    }

    fn is_full(&self) -> bool {
        usize::try_from(self.counts.calls).is_ok_and(|calls| calls >= self.calls.len())
    }

    fn record(&mut self, call: Call) {
        let full = self.is_full();
        let Some(slot) = self.calls.get_mut(self.next) else { return };
        let oldest = std::mem::replace(slot, call);
        if full {
            self.counts = self.counts.minus(Counts::default().plus(oldest));
        }
        self.counts = self.counts.plus(call);
        self.next = if self.next + 1 < self.calls.len() { self.next + 1 } else { 0 };
    }
}

/// Calls of the last time, in intervals that begin with their first call.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LastTime {
    length: Duration,
    /// Oldest first.
    intervals: VecDeque<Interval>,
    /// Of all intervals.
    counts: Counts,
    /// Successes that were not told, of this generation.
    apart: Arc<Successes>,
    generation: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Interval {
    /// When its first call ended; all its calls are forgotten with that one.
    start: Moment,
    counts: Counts,
}

impl LastTime {
    /// No more of them begin within one window.
    const INTERVALS: u8 = 100;

    fn new(length: Duration) -> Self {
        let intervals = VecDeque::with_capacity(Self::INTERVALS.into());
        let apart = Arc::new(Successes::new(length));
        Self { length, intervals, counts: Counts::default(), apart, generation: 0 }
    }

    fn record(&mut self, call: Call, now: Moment) {
        self.forget(now);
        // More calls than can be counted say no more than those that are.
        if self.counts.calls == u32::MAX {
            return;
        }
        self.counts = self.counts.plus(call);
        // A little above a hundredth of the window, so that no more than a hundred begin in one.
        let width = self.length / u32::from(Self::INTERVALS) + Duration::from_nanos(1);
        match self.intervals.back_mut() {
            // Also where the clock went back.
            Some(newest) if now.since(newest.start) < width => {
                newest.counts = newest.counts.plus(call);
            }
            _ => {
                self.intervals.push_back(Interval { start: now, counts: Counts::default().plus(call) });
            }
        }
    }

    fn forget(&mut self, now: Moment) {
        while let Some(oldest) = self.intervals.front().filter(|interval| self.is_past(interval, now)) {
            self.counts = self.counts.minus(oldest.counts);
            self.intervals.pop_front();
        }
    }

    fn counts(&self, now: Moment) -> Counts {
        let past = self.intervals.iter().take_while(|interval| self.is_past(interval, now));
        let told = past.fold(self.counts, |counts, interval| counts.minus(interval.counts));
        Counts { calls: told.calls.saturating_add(self.apart.count(self.generation, now)), ..told }
    }

    fn is_past(&self, interval: &Interval, now: Moment) -> bool {
        now.since(interval.start) >= self.length
    }
}

/// Without the calls: there may be a million.
impl fmt::Debug for LastCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts.fmt(f)
    }
}

impl fmt::Debug for LastTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts.fmt(f)
    }
}

#[cfg(test)]
mod tests;
