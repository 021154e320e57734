//! Keys of any type side by side in one cache. Two are one only if instance, types and value are: the
//! hash finds them, it never identifies them.

use std::any::{Any, TypeId};
use std::hash::{BuildHasher, Hash, Hasher};

use quick_cache::Equivalent;

use super::CacheKey;

/// What can be compared without running the user's code.
///
/// The user's `hash` runs when this is made, so that it never runs under the cache's lock, where a panic
/// of it would leave the cache half changed. Their `eq` does run there; a panic of it changes nothing.
#[derive(PartialEq, Eq, Hash)]
struct Id {
    hash: u64,
    /// Of the instance, the key and the value, in one.
    types: TypeId,
}

impl Id {
    fn new<I: 'static, K: CacheKey, T: 'static>(hasher: &impl BuildHasher, key: &K) -> Self {
        Self { hash: hasher.hash_one(key), types: TypeId::of::<(I, K, T)>() }
    }
}

/// A key as it is kept.
pub(super) struct Key {
    id: Id,
    key: Box<dyn Comparable>,
}

/// A key as it is looked up: without an allocation.
pub(super) struct Sought<'k> {
    id: Id,
    key: &'k dyn Comparable,
}

impl Key {
    pub(super) fn new<I: 'static, K: CacheKey, T: 'static>(hasher: &impl BuildHasher, key: K) -> Self {
        Self { id: Id::new::<I, K, T>(hasher, &key), key: Box::new(key) }
    }
}

impl<'k> Sought<'k> {
    pub(super) fn new<I: 'static, K: CacheKey, T: 'static>(hasher: &impl BuildHasher, key: &'k K) -> Self {
        Self { id: Id::new::<I, K, T>(hasher, key), key }
    }
}

/// What is left of a `CacheKey` when its type is forgotten.
trait Comparable: Any + Send + Sync {
    fn is(&self, other: &dyn Comparable) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<K: CacheKey> Comparable for K {
    fn is(&self, other: &dyn Comparable) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.key.is(&*other.key)
    }
}

impl Eq for Key {}

impl Equivalent<Key> for Sought<'_> {
    fn equivalent(&self, kept: &Key) -> bool {
        self.id == kept.id && self.key.is(&*kept.key)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl Hash for Sought<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}
