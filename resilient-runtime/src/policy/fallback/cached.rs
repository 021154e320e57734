//! The last good values of one guarded function, for the calls that fail: bounded in number, and in age
//! where they are looked up. When a value is good, and which tier comes next, is written at the function.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, RandomState};
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Lifecycle, OptionsBuilder, UnitWeighter};

use super::{Degradable, Fallback, check};
use crate::clock::{self, Moment};
use crate::event;
use crate::sync::OnceLock;

pub(crate) mod flight;
mod key;

use flight::Flights;
use key::{Key, Place};

/// Values that can be kept: a failing call gets a copy. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "a fallback that is `cached` keeps a copy of each good value, and `{Self}` cannot be kept",
    label = "not `Clone + Send + Sync + 'static`",
    note = "derive `Clone` for the value and let it own what it holds, or return it shared: `Served<Arc<…>>`"
)]
pub trait Keepable: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Keepable for T {}

/// Keys under which values are kept. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "a fallback that is `cached` finds values by their key, and `{Self}` cannot be one",
    label = "not `Hash + Eq + Send + Sync + 'static`",
    note = "name what identifies the call and is `Hash + Eq`, as `key = (tenant, request.id)`; a type of your own derives `PartialEq, Eq, Hash`"
)]
pub trait CacheKey: Hash + Eq + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<K: Hash + Eq + Send + Sync + 'static> CacheKey for K {}

/// The last good values of a function, as a `static` inside it can hold them. It is empty, and has
/// allocated nothing, until the first value is kept.
///
/// All instances of a generic function share the `static`. So that none gets another's value each says
/// which it is, by a closure written inside the function that captures nothing: the type of that closure
/// is another one for each choice of type parameters (and of `Self`), also where those are not `'static`.
pub struct LastGood {
    capacity: usize,
    store: OnceLock<Option<Store>>,
    flights: Flights,
}

impl LastGood {
    /// Keeps 1024 values.
    #[must_use]
    pub const fn new() -> Self {
        Self { capacity: 1024, store: OnceLock::new(), flights: Flights::new() }
    }

    /// Keeps at most so many values, of all keys and instances together.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero.
    #[must_use]
    #[track_caller]
    pub const fn capacity(mut self, entries: usize) -> Self {
        self.capacity = check::capacity(entries);
        self
    }

    /// What is kept for one call: that with this key, of this instance.
    pub fn of<I, K>(&self, _instance: I, key: K) -> Good<'_>
    where
        I: Fn() + 'static,
        K: CacheKey,
    {
        Good { all: self, key: Key::new::<I, K>(key) }
    }
}

/// The last good value of one call; made by [`LastGood::of`].
pub struct Good<'s> {
    all: &'s LastGood,
    key: Key,
}

impl Good<'_> {
    /// Keeps a copy of the value that the call gave, unless it says that it is degraded.
    pub fn keep<T: Degradable + Keepable>(&self, value: &T) {
        self.kept(value);
    }

    /// [`keep`](Self::keep); gives what is kept.
    fn kept<T: Degradable + Keepable>(&self, value: &T) -> Option<Arc<dyn Value>> {
        if value.is_degraded() {
            return None;
        }
        // The age counts from here: before the copy, which may take its time.
        let kept = Kept { at: clock::now(), value: Arc::new(value.clone()) };
        let copy = Arc::clone(&kept.value);
        if let Some(store) = self.all.store.get_or_init(|| Store::new(self.all.capacity)) {
            store.values.insert(self.key.under::<T>(&store.hasher), kept);
        }
        Some(copy)
    }

    /// A copy of the value that was kept by a call with an equal key, and its age, if that is `max_age` or
    /// less. One that is too old for this call stays, as any other: until it is followed or evicted.
    ///
    /// # Errors
    /// Why there is none.
    pub fn find<T: 'static>(&self, max_age: Duration) -> Result<(T, Duration), NoGood> {
        let store = self.all.store.get().and_then(Option::as_ref).ok_or(NoGood::Nothing)?;
        let kept = store.values.get(&self.key.sought::<T>(&store.hasher)).ok_or(NoGood::Nothing)?;
        let age = clock::now().since(kept.at);
        if age > max_age {
            return Err(NoGood::TooOld(age));
        }
        Ok((copied(&*kept.value).ok_or(NoGood::Nothing)?, age))
    }
}

/// Why no earlier value is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGood {
    /// None was kept, or it had to make room.
    Nothing,
    /// The one that was kept is so old.
    TooOld(Duration),
}

impl Fallback {
    /// [`Good::find`]; tells why there is none.
    #[must_use]
    pub fn find<T: 'static>(&self, good: &Good<'_>, max_age: Duration) -> Option<(T, Duration)> {
        match good.find(max_age) {
            Ok(found) => return Some(found),
            Err(NoGood::Nothing) => event::tier_empty(self.0.operation, &self.0.error),
            Err(NoGood::TooOld(age)) => event::tier_too_old(self.0.operation, age, max_age, &self.0.error),
        }
        None
    }
}

impl fmt::Debug for Good<'_> {
    /// Without the key: it is made of arguments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Good").finish_non_exhaustive()
    }
}

impl Default for LastGood {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for LastGood {
    /// Without keys and values: those are arguments and results of the user's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LastGood").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

/// A good value, and when it was one. Shared, because it is copied out under the cache's lock, where the
/// user's `clone` must not run.
#[derive(Clone)]
struct Kept {
    at: Moment,
    value: Arc<dyn Value>,
}

/// What is left of a `Keepable` when its type is forgotten: it can still be copied, so that whoever looks
/// for it need not say again that it can.
trait Value: Send + Sync {
    /// Fills an `Option` of the value's type; leaves any other alone.
    fn copy_to(&self, copy: &mut dyn Any);
}

/// A copy of the value, which is a `T`.
fn copied<T: 'static>(value: &dyn Value) -> Option<T> {
    let mut copy = None::<T>;
    value.copy_to(&mut copy);
    copy
}

impl<T: Keepable> Value for T {
    fn copy_to(&self, copy: &mut dyn Any) {
        if let Some(copy) = copy.downcast_mut::<Option<T>>() {
            *copy = Some(self.clone());
        }
    }
}

struct Store {
    /// Keys come from outside, and whoever chooses them must not be able to choose their hashes, too.
    hasher: RandomState,
    values: Cache<Place, Kept, UnitWeighter, DefaultHashBuilder, DropLater>,
}

impl Store {
    /// An empty one. `None` would mean that the cache asks for more than it is told here, and nothing
    /// would be kept.
    fn new(capacity: usize) -> Option<Self> {
        /// Every lock guards an equal share of the keys, and a share that is full evicts although others
        /// have room. In shares of this size few values are lost to that; in one, none.
        const LEAST_SHARE: usize = 1024;
        const MOST_SHARES: usize = 64;
        /// A new value stays until half the capacity has come after it, so when the keys in use change
        /// the old ones do not keep the new ones out; the other half outlasts keys that come only once.
        const FOR_KEYS_SEEN_AGAIN: f64 = 0.5;

        let shares = 1_usize << (capacity / LEAST_SHARE).clamp(1, MOST_SHARES).ilog2();
        // The cache rounds its shares up, and then it would hold more than was said.
        let capacity = capacity - capacity % shares;
        let options = OptionsBuilder::new()
            .shards(shares)
            .hot_allocation(FOR_KEYS_SEEN_AGAIN)
            .estimated_items_capacity(capacity)
            .weight_capacity(u64::try_from(capacity).unwrap_or(u64::MAX))
            .build()
            .ok()?;
        let values = Cache::with_options(options, UnitWeighter, DefaultHashBuilder::default(), DropLater);
        Some(Self { hasher: RandomState::new(), values })
    }
}

/// Hands evicted values out of the cache's lock, however many they are: dropping them may run the
/// user's code, which may come back here. (The cache's own way hands out two, and drops the others.)
#[derive(Clone)]
struct DropLater;

impl Lifecycle<Place, Kept> for DropLater {
    type RequestState = Vec<(Place, Kept)>;

    fn on_evict(&self, evicted: &mut Self::RequestState, key: Place, kept: Kept) {
        evicted.push((key, kept));
    }
}

#[cfg(test)]
mod tests;
