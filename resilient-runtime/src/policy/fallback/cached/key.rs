//! Keys of any type side by side in one cache. Two are one only if instance, types and value are: the
//! hash finds them, it never identifies them.

use std::any::{Any, TypeId};
use std::hash::{BuildHasher as _, Hash, Hasher, RandomState};
use std::sync::Arc;

use quick_cache::Equivalent;

use super::CacheKey;

/// The key of one call.
pub(super) struct Key {
    /// Of the instance and the key, in one.
    types: TypeId,
    key: Arc<dyn Comparable>,
}

impl Key {
    pub(super) fn new<I: 'static, K: CacheKey>(key: K) -> Self {
        Self { types: TypeId::of::<(I, K)>(), key: Arc::new(key) }
    }

    /// Where the call's value of type `T` is kept.
    pub(super) fn under<T: 'static>(&self, hasher: &RandomState) -> Place {
        Place { id: Id::new::<T>(self, hasher), key: Arc::clone(&self.key) }
    }

    /// The same place, to look there without an allocation.
    pub(super) fn sought<T: 'static>(&self, hasher: &RandomState) -> Sought<'_> {
        Sought { id: Id::new::<T>(self, hasher), key: &*self.key }
    }
}

/// What can be compared without running the user's code.
///
/// The user's `hash` runs when this is made, so that it never runs under the cache's lock, where a panic
/// of it would leave the cache half changed. Their `eq` does run there; a panic of it changes nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Id {
    hash: u64,
    types: TypeId,
    value: TypeId,
}

impl Id {
    fn new<T: 'static>(key: &Key, hasher: &RandomState) -> Self {
        Self { hash: key.key.hash_by(hasher), types: key.types, value: TypeId::of::<T>() }
    }
}

/// Where a value is kept.
pub(super) struct Place {
    id: Id,
    key: Arc<dyn Comparable>,
}

impl Place {
    pub(super) fn id(&self) -> &Id {
        &self.id
    }
}

/// Where one is looked for.
pub(super) struct Sought<'k> {
    id: Id,
    key: &'k dyn Comparable,
}

/// What is left of a `CacheKey` when its type is forgotten.
trait Comparable: Any + Send + Sync {
    fn is(&self, other: &dyn Comparable) -> bool;
    fn hash_by(&self, hasher: &RandomState) -> u64;
    fn as_any(&self) -> &dyn Any;
}

impl<K: CacheKey> Comparable for K {
    fn is(&self, other: &dyn Comparable) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn hash_by(&self, hasher: &RandomState) -> u64 {
        hasher.hash_one(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.key.is(&*other.key)
    }
}

impl Eq for Place {}

impl Equivalent<Place> for Sought<'_> {
    fn equivalent(&self, kept: &Place) -> bool {
        self.id == kept.id && self.key.is(&*kept.key)
    }
}

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl Hash for Sought<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}
