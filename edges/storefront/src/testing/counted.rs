//! Stores that count how often they are asked.

use async_trait::async_trait;
use souk_cart::{CartAnswer, CartIntent, Carts, Swept};
use souk_catalog::port::{
    Arrange, Catalog, CategoryCount, Checkpoint, Page, PutDone, PutListing, SetPrice, Shelf,
    StockDue,
};
use souk_catalog::{ArrangeRefused, Listing, OfferView, PriceRefused, PutRefused, Seller};
use souk_kernel::{Answers, OfferId, PortError, ProductId, SellerId, Timestamp, UserId};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How often the stores of a shop were asked.
#[derive(Clone, Default)]
pub struct Asked(Arc<AtomicUsize>);

impl Asked {
    /// One question more.
    pub fn note(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// So many since the last time.
    pub fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

/// A store that counts.
pub struct Counted<S> {
    pub inner: Arc<S>,
    pub asked: Asked,
}

#[async_trait]
impl<S: Carts> Carts for Counted<S> {
    async fn get(&self, user: UserId) -> Result<Option<souk_cart::Cart>, PortError> {
        self.asked.note();
        self.inner.get(user).await
    }
    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        self.asked.note();
        self.inner.apply(intents).await
    }
    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError> {
        self.asked.note();
        self.inner.sweep(now, after, limit).await
    }
}

#[async_trait]
impl<S: Catalog> Catalog for Counted<S> {
    async fn put(
        &self,
        batch: Vec<PutListing>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Answers<PutDone, PutRefused>, PortError> {
        self.asked.note();
        self.inner.put(batch, checkpoint).await
    }
    async fn set_prices(
        &self,
        batch: Vec<SetPrice>,
    ) -> Result<Answers<u64, PriceRefused>, PortError> {
        self.asked.note();
        self.inner.set_prices(batch).await
    }
    async fn put_sellers(&self, sellers: Vec<Seller>) -> Result<(), PortError> {
        self.asked.note();
        self.inner.put_sellers(sellers).await
    }
    async fn listings(&self, ids: &[ProductId]) -> Result<Vec<Option<Listing>>, PortError> {
        self.asked.note();
        self.inner.listings(ids).await
    }
    async fn offers(&self, ids: &[OfferId]) -> Result<Vec<Option<OfferView>>, PortError> {
        self.asked.note();
        self.inner.offers(ids).await
    }
    async fn sellers(&self, ids: &[SellerId]) -> Result<Vec<Option<Seller>>, PortError> {
        self.asked.note();
        self.inner.sellers(ids).await
    }
    async fn page(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        self.asked.note();
        self.inner.page(shelf, after, limit).await
    }
    async fn shown(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        self.asked.note();
        self.inner.shown(shelf, after, limit).await
    }
    async fn ids(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<(ProductId, Timestamp)>, PortError> {
        self.asked.note();
        self.inner.ids(after, limit).await
    }
    async fn categories(&self) -> Result<Vec<CategoryCount>, PortError> {
        self.asked.note();
        self.inner.categories().await
    }
    async fn arrange(&self, intent: Arrange) -> Result<bool, ArrangeRefused> {
        self.asked.note();
        self.inner.arrange(intent).await
    }
    async fn count(&self) -> Result<u64, PortError> {
        self.asked.note();
        self.inner.count().await
    }
    async fn checkpoint(&self, job: &str) -> Result<Option<Checkpoint>, PortError> {
        self.asked.note();
        self.inner.checkpoint(job).await
    }
    async fn stock_due(&self, limit: usize) -> Result<Vec<StockDue>, PortError> {
        self.asked.note();
        self.inner.stock_due(limit).await
    }
    async fn stock_received(&self, skus: &[OfferId]) -> Result<(), PortError> {
        self.asked.note();
        self.inner.stock_received(skus).await
    }
}
