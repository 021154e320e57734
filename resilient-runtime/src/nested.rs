//! Retries inside retries, which multiply attempts: which retry repeats the code that is running, and
//! the one warning for each pair. Set by retries and carried to workers by sync timeouts; nothing is
//! decided here.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::marker::PhantomData;

use crate::event;
use crate::sync::{Mutex, lock};

thread_local! {
    /// Empty: none.
    static OUTER: Cell<&'static str> = const { Cell::new("") };
}

/// The retry whose second or later attempt this thread is running, if there is one. `None` while the
/// thread is shutting down.
#[inline]
pub(crate) fn current() -> Option<&'static str> {
    Some(named()).filter(|name| !name.is_empty())
}

#[inline]
fn named() -> &'static str {
    OUTER.try_with(Cell::get).unwrap_or_default()
}

/// Names the retry that repeats what this thread does until the guard is dropped.
#[cold]
pub(crate) fn enter(outer: &'static str) -> Entered {
    Entered { before: replace(outer), stays: PhantomData }
}

/// [`enter`] without a guard: what is given here must be [`restore`]d.
pub(crate) fn replace(outer: &'static str) -> &'static str {
    let before = named();
    // One without a name is one, too.
    restore(if outer.is_empty() { "retry" } else { outer });
    before
}

/// Ends what [`replace`] began.
pub(crate) fn restore(before: &'static str) {
    // A thread that is shutting down has nothing left to retry.
    let _ = OUTER.try_with(|current| current.set(before));
}

/// While it lives, this thread repeats for the retry that it names.
#[derive(Debug)]
#[must_use = "the name holds only while this lives"]
pub(crate) struct Entered {
    before: &'static str,
    /// It restores its own thread's name.
    stays: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        restore(self.before);
    }
}

type Pairs = BTreeSet<(&'static str, &'static str)>;

/// Names may be made at run time, so there might be no end of pairs: later ones are not told.
const MOST_PAIRS: usize = 1024;

static TOLD: Mutex<Pairs> = Mutex::new(BTreeSet::new());

/// Tells that `inner` is about to try again, once for each retry that repeats it. The one warning is not
/// spent while nobody listens.
pub(crate) fn tell(inner: &'static str) {
    let Some(outer) = current() else { return };
    if event::is_heard() && is_new(&mut lock(&TOLD), outer, inner) {
        event::nested_retry(outer, inner);
    }
}

fn is_new(told: &mut Pairs, outer: &'static str, inner: &'static str) -> bool {
    told.len() < MOST_PAIRS && told.insert((outer, inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_as_long_as_its_guard_and_gives_way_to_an_inner_one() {
        assert_eq!(current(), None);
        let outer = enter("outer");
        {
            let _inner = enter("inner");
            assert_eq!(current(), Some("inner"));
        }
        assert_eq!(current(), Some("outer"));
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(current(), None, "another thread is on its own"));
        });
        drop(outer);
        assert_eq!(current(), None);
        let _nameless = enter("");
        assert_eq!(current(), Some("retry"));
    }

    #[test]
    fn a_pair_is_new_once_and_there_is_an_end_of_pairs() {
        let mut told = Pairs::new();
        assert!(is_new(&mut told, "a", "b"));
        assert!(!is_new(&mut told, "a", "b"));
        assert!(is_new(&mut told, "b", "a"), "the other way round is another place");
        assert!(is_new(&mut told, "a", "a"), "a function that calls itself");
        for made in 0..MOST_PAIRS {
            is_new(&mut told, "a", format!("made at run time {made}").leak());
        }
        assert_eq!(told.len(), MOST_PAIRS);
        assert!(!is_new(&mut told, "a", "one more"));
    }
}
