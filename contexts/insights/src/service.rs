//! The use cases: looks wait in a bounded buffer and are written in pieces, so that no page waits for
//! them and no crowd fills the memory. The last second may be lost with the process.

use crate::{Companion, Deal, Insights, Look, PriceMove, Purchase, Viewed, rules};
use souk_kernel::{Clock, PortError, ProductId, UserId};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Looks that wait at most; more are dropped, and counted.
const WAITING: usize = 8_192;

#[derive(Default)]
struct Buffer {
    looks: Vec<Look>,
    /// On their way into the store: not there yet for whoever reads.
    writing: Vec<Look>,
    dropped: u64,
}

/// The insights of one shop. Clones share the buffer.
#[derive(Clone)]
pub struct InsightsService {
    store: Arc<dyn Insights>,
    clock: Arc<dyn Clock>,
    buffer: Arc<Mutex<Buffer>>,
}

impl InsightsService {
    /// Over a store and a clock.
    #[must_use]
    pub fn new(store: Arc<dyn Insights>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, buffer: Arc::default() }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Buffer) -> T) -> T {
        // A buffer of looks has no invariant that a panic could break.
        change(&mut self.buffer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that somebody opened a product's page, now.
    pub fn looked(&self, user: Option<UserId>, product: ProductId) {
        let look = Look { user, product, at: self.clock.now() };
        self.with(|buffer| {
            if buffer.looks.len() < WAITING {
                buffer.looks.push(look);
            } else {
                buffer.dropped += 1;
            }
        });
    }

    /// The store itself, for what has no rule of its own: a past that is told afterwards.
    #[must_use]
    pub fn store(&self) -> &dyn Insights {
        &*self.store
    }

    /// Writes the looks that wait; says how many were dropped since the last time.
    ///
    /// # Errors
    /// The store's; what was to be written is lost then: it decorates, it pays nobody.
    pub async fn flush(&self) -> Result<u64, PortError> {
        let (looks, dropped) = self.with(|buffer| {
            buffer.writing = std::mem::take(&mut buffer.looks);
            (buffer.writing.clone(), std::mem::take(&mut buffer.dropped))
        });
        let written = if looks.is_empty() { Ok(()) } else { self.store.look(looks).await };
        self.with(|buffer| buffer.writing.clear());
        written.map(|()| dropped)
    }

    /// What somebody looked at, last look first; those that still wait are among them.
    ///
    /// # Errors
    /// The store's.
    pub async fn recent(&self, user: UserId, limit: usize) -> Result<Vec<ProductId>, PortError> {
        // The buffer first: what leaves it meanwhile is in the store when that is read.
        let mut trail: Vec<Viewed> = self.with(|buffer| {
            let waiting = buffer.writing.iter().chain(&buffer.looks);
            let own = waiting.filter(|look| look.user == Some(user));
            own.map(|look| Viewed { product: look.product, at: look.at }).collect()
        });
        trail.extend(self.store.trail(user, rules::TRAIL).await?);
        trail.sort_by_key(|viewed| std::cmp::Reverse(viewed.at));
        let mut seen = HashSet::new();
        trail.retain(|viewed| seen.insert(viewed.product));
        Ok(trail.into_iter().take(limit).map(|viewed| viewed.product).collect())
    }

    /// Brings a guest's trail into the account that they signed in to. Safe to repeat.
    ///
    /// # Errors
    /// The store's.
    pub async fn adopt(&self, guest: UserId, account: UserId) -> Result<(), PortError> {
        if guest == account {
            return Ok(());
        }
        self.with(|buffer| {
            let own = buffer.looks.iter_mut().filter(|look| look.user == Some(guest));
            own.for_each(|look| look.user = Some(account));
        });
        self.store.adopt(guest, account).await
    }

    /// Forgets what somebody looked at; what was counted names nobody and stays.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.with(|buffer| buffer.looks.retain(|look| look.user != Some(user)));
        self.store.forget(user).await
    }

    /// Counts confirmed orders, each once.
    ///
    /// # Errors
    /// The store's.
    pub async fn bought(&self, purchases: Vec<Purchase>) -> Result<usize, PortError> {
        self.store.count(purchases).await
    }

    /// What is bought with a product, best first, at most `limit`; nothing while too little is known.
    ///
    /// # Errors
    /// The store's.
    pub async fn together(
        &self,
        product: ProductId,
        limit: usize,
    ) -> Result<Vec<Companion>, PortError> {
        let mut found = rules::companions(&self.store.together(product).await?);
        found.truncate(limit);
        Ok(found)
    }

    /// What is looked at and bought most, lately; most popular first.
    ///
    /// # Errors
    /// The store's.
    pub async fn popular(&self, limit: usize) -> Result<Vec<ProductId>, PortError> {
        self.store.warmest(limit).await
    }

    /// Notes moves of prices, each once.
    ///
    /// # Errors
    /// The store's.
    pub async fn priced(&self, moves: Vec<PriceMove>) -> Result<(), PortError> {
        self.store.price(moves).await
    }

    /// What has become cheaper, those that save most first; each product once.
    ///
    /// # Errors
    /// The store's.
    pub async fn deals(&self, limit: usize) -> Result<Vec<Deal>, PortError> {
        // A product's variants become cheaper together, more often than not.
        let mut deals = self.store.deals(self.clock.now(), limit.saturating_mul(8)).await?;
        let mut seen = HashSet::new();
        deals.retain(|deal| seen.insert(deal.product));
        deals.truncate(limit);
        Ok(deals)
    }

    /// The deals of products, one answer each, in order.
    ///
    /// # Errors
    /// The store's.
    pub async fn deals_of(&self, products: &[ProductId]) -> Result<Vec<Option<Deal>>, PortError> {
        if products.is_empty() {
            return Ok(Vec::new());
        }
        self.store.deals_of(products, self.clock.now()).await
    }

    /// Forgets what is past its time, a piece at a call; `true` when there may be more.
    ///
    /// # Errors
    /// The store's.
    pub async fn prune(&self, limit: usize) -> Result<bool, PortError> {
        self.store.prune(self.clock.now(), limit).await
    }
}
