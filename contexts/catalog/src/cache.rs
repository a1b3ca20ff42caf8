//! A bounded cache of what pricing needs of offers: Buy Now asks for 1 to 3 of them in each order.
//!
//! A hit is one shared lock and one table look-up, far below a microsecond. A view that was read
//! before an invalidation is never stored after it. Invalidation reaches this process only; the
//! total that a shopper saw is compared again when the order is placed.

mod closed;

pub use closed::Closed;

use crate::model::OfferView;
use souk_kernel::OfferId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

const SHARDS: usize = 16;

/// The cache. Cheap to share; all methods take `&self`.
pub struct OfferCache {
    shards: Vec<RwLock<Shard>>,
    per_shard: usize,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// A moment of the cache, taken before a read from the store; see [`OfferCache::fill`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment([u64; SHARDS]);

#[derive(Default)]
struct Shard {
    slots: Vec<Slot>,
    by_offer: HashMap<OfferId, usize, BuildHasherDefault<IdHasher>>,
    /// The clock hand: where the search for a slot to reuse goes on.
    hand: usize,
    /// Counts invalidations.
    epoch: u64,
}

struct Slot {
    view: Arc<OfferView>,
    used: AtomicBool,
}

/// Ids are random enough in their tail: two multiplications spread them.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(29) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

impl OfferCache {
    /// A cache of at most `capacity` views (rounded up to a multiple of 16).
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let shards = (0..SHARDS).map(|_| RwLock::default()).collect();
        let per_shard = capacity.div_ceil(SHARDS).max(1);
        Self { shards, per_shard, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// The view, if it is here.
    #[must_use]
    pub fn get(&self, offer: OfferId) -> Option<Arc<OfferView>> {
        let shard = self.read(shard_of(offer));
        let Some(slot) = shard.by_offer.get(&offer).map(|at| &shard.slots[*at]) else {
            self.misses.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        // Written only when it changes: a hot offer's cache line stays shared between cores.
        if !slot.used.load(Ordering::Relaxed) {
            slot.used.store(true, Ordering::Relaxed);
        }
        let view = Arc::clone(&slot.view);
        drop(shard);
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(view)
    }

    /// The present moment; take it before reading from the store.
    #[must_use]
    pub fn moment(&self) -> Moment {
        let mut epochs = [0; SHARDS];
        for (at, epoch) in epochs.iter_mut().enumerate() {
            *epoch = self.read(at).epoch;
        }
        Moment(epochs)
    }

    /// Stores a view that was read after `since`, unless something of its shard was invalidated
    /// meanwhile: then the view may be of before.
    pub fn fill(&self, since: &Moment, view: &Arc<OfferView>) {
        let at = shard_of(view.offer);
        let mut shard = self.write(at);
        if shard.epoch == since.0[at] {
            shard.put(Arc::clone(view), self.per_shard);
        }
    }

    /// Forgets these offers; call it after the change is stored, before it is answered.
    pub fn forget(&self, offers: impl IntoIterator<Item = OfferId>) {
        for offer in offers {
            let mut shard = self.write(shard_of(offer));
            shard.epoch += 1;
            shard.remove(offer);
        }
    }

    /// Forgets everything: a write failed, and nobody knows what it did.
    pub fn forget_all(&self) {
        for at in 0..SHARDS {
            let mut shard = self.write(at);
            let epoch = shard.epoch + 1;
            *shard = Shard { epoch, ..Shard::default() };
        }
    }

    /// Hits and misses so far.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    /// How many views are here.
    #[must_use]
    pub fn len(&self) -> usize {
        (0..SHARDS).map(|at| self.read(at).by_offer.len()).sum()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // A panic can't leave a shard half changed: nothing in here calls foreign code.
    fn read(&self, at: usize) -> RwLockReadGuard<'_, Shard> {
        self.shards[at].read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, at: usize) -> RwLockWriteGuard<'_, Shard> {
        self.shards[at].write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shard_of(offer: OfferId) -> usize {
    (offer.tail() as usize) % SHARDS
}

impl Shard {
    fn put(&mut self, view: Arc<OfferView>, capacity: usize) {
        let offer = view.offer;
        let slot = Slot { view, used: AtomicBool::new(false) };
        if let Some(at) = self.by_offer.get(&offer) {
            self.slots[*at] = slot;
        } else if self.slots.len() < capacity {
            self.by_offer.insert(offer, self.slots.len());
            self.slots.push(slot);
        } else {
            let at = self.victim();
            self.by_offer.remove(&self.slots[at].view.offer);
            self.slots[at] = slot;
            self.by_offer.insert(offer, at);
        }
    }

    /// The next slot that was not used since the hand last passed (second chance).
    fn victim(&mut self) -> usize {
        loop {
            let at = self.hand % self.slots.len();
            self.hand = at + 1;
            if !self.slots[at].used.swap(false, Ordering::Relaxed) {
                return at;
            }
        }
    }

    fn remove(&mut self, offer: OfferId) {
        let Some(at) = self.by_offer.remove(&offer) else { return };
        self.slots.swap_remove(at);
        if let Some(moved) = self.slots.get(at) {
            self.by_offer.insert(moved.view.offer, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::{Currency, Entropy, ManualClock, Mint, Money, SeededEntropy};
    use souk_pricing::TaxClass;

    fn view(mint: &Mint, price: i64) -> Arc<OfferView> {
        Arc::new(OfferView {
            offer: mint.mint_anywhere(),
            offer_version: 1,
            product: mint.mint_anywhere(),
            product_version: 1,
            variant: mint.mint_anywhere(),
            seller: mint.mint_anywhere(),
            title: "Kettle".into(),
            unit_price: Money::new(price, Currency::Eur),
            tax_class: TaxClass::Standard,
            weight_g: 900,
            buyable: true,
            hidden: false,
            image: None,
        })
    }

    fn mint(seed: u64) -> Mint {
        Mint::new(Arc::new(ManualClock::default()), Arc::new(SeededEntropy::new(seed)))
    }

    #[test]
    fn a_view_read_before_an_invalidation_is_not_stored_after_it() {
        let (cache, mint) = (OfferCache::new(64), mint(1));
        let old = view(&mint, 100);
        let before = cache.moment();
        cache.forget([old.offer]);
        cache.fill(&before, &old);
        assert_eq!(cache.get(old.offer), None, "it may be the old price");
        cache.fill(&cache.moment(), &old);
        assert_eq!(cache.get(old.offer).as_ref(), Some(&old));
        cache.forget([old.offer]);
        assert_eq!(cache.get(old.offer), None);
        assert_eq!(cache.counts(), (1, 2));
    }

    #[test]
    fn it_stays_bounded_and_keeps_what_is_used() {
        let (cache, mint) = (OfferCache::new(160), mint(2));
        let hot = view(&mint, 1);
        cache.fill(&cache.moment(), &hot);
        for _ in 0..5_000 {
            assert!(cache.get(hot.offer).is_some(), "used before every eviction");
            cache.fill(&cache.moment(), &view(&mint, 2));
            assert!(cache.len() <= 160);
        }
        assert_eq!(cache.len(), 160);
    }

    #[test]
    fn random_fills_and_removals_agree_with_a_plain_map() {
        for seed in 0..50 {
            let (cache, mint, dice) =
                (OfferCache::new(100_000), mint(seed), SeededEntropy::new(seed));
            let views: Vec<_> = (0..40).map(|n| view(&mint, n)).collect();
            let mut model = HashMap::new();
            for _ in 0..2_000 {
                let chosen = &views[(dice.next_u64() % 40) as usize];
                if dice.next_u64().is_multiple_of(3) {
                    cache.forget([chosen.offer]);
                    model.remove(&chosen.offer);
                } else {
                    cache.fill(&cache.moment(), chosen);
                    model.insert(chosen.offer, Arc::clone(chosen));
                }
                assert_eq!(cache.len(), model.len(), "seed {seed}");
            }
            for one in &views {
                assert_eq!(cache.get(one.offer).as_ref(), model.get(&one.offer), "seed {seed}");
            }
        }
    }
}
