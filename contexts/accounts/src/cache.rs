//! A bounded map beside the store, for what every request reads: sessions and profiles.
//!
//! Guarantees: it never holds more than its capacity; the half of it that was used last stays; a
//! value that was read before a purge is never stored after it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A key whose [`CacheKey::spread`] is random already, so that hashing it again is waste.
pub trait CacheKey: Copy + Eq {
    /// 64 bits that differ between keys and that nobody outside can choose.
    fn spread(&self) -> u64;
}

/// What a fill must show: it is refused when something of its shard was purged meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

/// As [`Ticket`], for a key that only the read will tell: refused when anything was purged meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenTicket(u64);

/// The cache. Values are cloned out: keep them small, or behind an `Arc`.
pub struct Cache<K, V> {
    shards: Box<[Mutex<Shard<K, V>>]>,
    /// Of all shards; raised under the lock of the purged key's.
    purges: AtomicU64,
}

/// Enough that two cores rarely meet at one lock.
const SHARDS: usize = 64;

impl<K: CacheKey, V: Clone> Cache<K, V> {
    /// A cache of at most `capacity` entries, rounded up to 128.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let generation = capacity.div_ceil(2 * SHARDS).max(1);
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard::new(generation))).collect();
        Self { shards, purges: AtomicU64::new(0) }
    }

    /// The value, if it is here.
    pub fn get(&self, key: &K) -> Option<V> {
        self.shard(key).get(Spread(*key))
    }

    /// To be taken before the store is read for a [`Cache::fill`].
    pub fn ticket(&self, key: &K) -> Ticket {
        Ticket(self.shard(key).purges)
    }

    /// Keeps what the store answered, unless the key was purged since the ticket was taken (or
    /// another key of its shard: then the next read fills).
    pub fn fill(&self, key: &K, value: V, ticket: Ticket) {
        let mut shard = self.shard(key);
        if shard.purges == ticket.0 {
            shard.put(Spread(*key), value);
        }
    }

    /// As [`Cache::ticket`], when the key is not known yet.
    pub fn open_ticket(&self) -> OpenTicket {
        OpenTicket(self.purges.load(Ordering::Acquire))
    }

    /// As [`Cache::fill`], unless anything at all was purged since the ticket was taken.
    pub fn fill_open(&self, key: &K, value: V, ticket: OpenTicket) {
        let mut shard = self.shard(key);
        if self.purges.load(Ordering::Acquire) == ticket.0 {
            shard.put(Spread(*key), value);
        }
    }

    /// Forgets the key, and refuses the fills that began before.
    pub fn purge(&self, key: &K) {
        let mut shard = self.shard(key);
        shard.purges += 1;
        self.purges.fetch_add(1, Ordering::AcqRel);
        shard.remove(Spread(*key));
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        let count = |shard: &Mutex<Shard<K, V>>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.young.len() + shard.old.len()
        };
        self.shards.iter().map(count).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K, V>> {
        // The map uses the low and the top bits: take the ones between.
        let shard = (key.spread() >> 40) as usize % SHARDS;
        // No code that can panic runs under the lock, so a poisoned one is still sound.
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Two generations: what is used moves to the young one; when that is full, it becomes the old one
/// and the old one goes. No list, no sweep, no clock.
struct Shard<K, V> {
    young: Generation<K, V>,
    old: Generation<K, V>,
    capacity: usize,
    purges: u64,
}

type Generation<K, V> = HashMap<Spread<K>, V, BuildHasherDefault<PassThrough>>;

impl<K: CacheKey, V: Clone> Shard<K, V> {
    fn new(capacity: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), capacity, purges: 0 }
    }

    fn get(&mut self, key: Spread<K>) -> Option<V> {
        if let Some(value) = self.young.get(&key) {
            return Some(value.clone());
        }
        let value = self.old.remove(&key)?;
        self.put(key, value.clone());
        Some(value)
    }

    fn put(&mut self, key: Spread<K>, value: V) {
        self.old.remove(&key);
        if self.young.len() >= self.capacity && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    fn remove(&mut self, key: Spread<K>) {
        self.young.remove(&key);
        self.old.remove(&key);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Spread<K>(K);

impl<K: CacheKey> Hash for Spread<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.spread());
    }
}

/// A hasher that hashes nothing.
#[derive(Default)]
struct PassThrough(u64);

impl Hasher for PassThrough {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::{Entropy, SeededEntropy};

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Key(u64);

    impl CacheKey for Key {
        fn spread(&self) -> u64 {
            self.0
        }
    }

    fn fill(cache: &Cache<Key, u64>, key: Key) {
        cache.fill(&key, key.0, cache.ticket(&key));
    }

    #[test]
    fn never_grows_beyond_its_capacity() {
        let (cache, entropy) = (Cache::new(1_280), SeededEntropy::new(5));
        for _ in 0..20_000 {
            fill(&cache, Key(entropy.next_u64()));
            assert!(cache.len() <= 1_280);
        }
    }

    #[test]
    fn what_is_used_stays() {
        let (cache, entropy) = (Cache::new(1_280), SeededEntropy::new(6));
        let dear = Key(42 << 40);
        fill(&cache, dear);
        for step in 0..20_000 {
            fill(&cache, Key(entropy.next_u64()));
            assert_eq!(cache.get(&dear), Some(dear.0), "step {step}");
        }
    }

    #[test]
    fn an_open_fill_that_began_before_any_purge_is_refused() {
        let cache = Cache::new(128);
        let ticket = cache.open_ticket();
        cache.purge(&Key(8 << 40));
        cache.fill_open(&Key(7), 1, ticket);
        assert_eq!(cache.get(&Key(7)), None);
        cache.fill_open(&Key(7), 2, cache.open_ticket());
        assert_eq!(cache.get(&Key(7)), Some(2));
    }

    #[test]
    fn a_fill_that_began_before_a_purge_is_refused() {
        let cache = Cache::new(128);
        let key = Key(7);
        let ticket = cache.ticket(&key);
        cache.purge(&key);
        cache.fill(&key, 1, ticket);
        assert_eq!(cache.get(&key), None);
        cache.fill(&key, 2, cache.ticket(&key));
        assert_eq!(cache.get(&key), Some(2));
        cache.purge(&key);
        assert_eq!(cache.get(&key), None);
        assert!(cache.is_empty());
    }
}
