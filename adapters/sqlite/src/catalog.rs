//! The catalogue in SQLite. What a put changes is decided by `souk_catalog::rules`; this module
//! only reads and writes rows.

use crate::store::{Priority, Store};
use async_trait::async_trait;
use souk_catalog::port::{
    Arrange, Catalog, CategoryCount, Checkpoint, Page, PutDone, PutListing, SetPrice, Shelf,
    StockDue,
};
use souk_catalog::{ArrangeRefused, Listing, OfferView, PriceRefused, PutRefused, Seller};
use souk_kernel::{Answers, OfferId, PortError, ProductId, SellerId, Timestamp};
use std::sync::Arc;

mod arrange;
mod read;
mod rows;
mod write;

pub(crate) use arrange::arrange;
pub(crate) use write::put_all;

/// The catalogue's port over the shared store.
pub struct SqliteCatalog(Arc<Store>);

impl SqliteCatalog {
    /// Over an open store.
    #[must_use]
    pub const fn new(store: Arc<Store>) -> Self {
        Self(store)
    }
}

#[async_trait]
impl Catalog for SqliteCatalog {
    async fn put(
        &self,
        batch: Vec<PutListing>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Answers<PutDone, PutRefused>, PortError> {
        let job = move |tx: &mut crate::Tx<'_>| {
            if let Some(checkpoint) = &checkpoint {
                write::checkpoint(tx, checkpoint)?;
            }
            batch.iter().map(|put| write::put(tx, put)).collect()
        };
        self.0.write(Priority::Background, job).await
    }

    async fn set_prices(
        &self,
        batch: Vec<SetPrice>,
    ) -> Result<Answers<u64, PriceRefused>, PortError> {
        let job = move |tx: &mut crate::Tx<'_>| {
            batch.iter().map(|intent| write::set_price(tx, intent)).collect()
        };
        self.0.write(Priority::Background, job).await
    }

    async fn put_sellers(&self, sellers: Vec<Seller>) -> Result<(), PortError> {
        let job = move |tx: &mut crate::Tx<'_>| {
            sellers.iter().try_for_each(|seller| write::seller(tx, seller))
        };
        self.0.write(Priority::Background, job).await
    }

    async fn listings(&self, ids: &[ProductId]) -> Result<Vec<Option<Listing>>, PortError> {
        self.0.read(|conn| read::listings(conn, ids))
    }

    async fn offers(&self, ids: &[OfferId]) -> Result<Vec<Option<OfferView>>, PortError> {
        self.0.read(|conn| read::offers(conn, ids))
    }

    async fn sellers(&self, ids: &[SellerId]) -> Result<Vec<Option<Seller>>, PortError> {
        self.0.read(|conn| read::sellers(conn, ids))
    }

    async fn page(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        self.0.read(|conn| read::page(conn, (shelf, true), after, limit))
    }

    async fn shown(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        self.0.read(|conn| read::page(conn, (shelf, false), after, limit))
    }

    async fn ids(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<(ProductId, Timestamp)>, PortError> {
        self.0.read(|conn| read::ids(conn, after, limit))
    }

    async fn categories(&self) -> Result<Vec<CategoryCount>, PortError> {
        self.0.read(read::categories)
    }

    async fn arrange(&self, intent: Arrange) -> Result<bool, ArrangeRefused> {
        let job = move |tx: &mut crate::Tx<'_>| arrange::arrange(tx, &intent);
        self.0.write(Priority::Background, job).await?
    }

    async fn count(&self) -> Result<u64, PortError> {
        self.0.read(read::count)
    }

    async fn checkpoint(&self, job: &str) -> Result<Option<Checkpoint>, PortError> {
        self.0.read(|conn| read::checkpoint(conn, job))
    }

    async fn stock_due(&self, limit: usize) -> Result<Vec<StockDue>, PortError> {
        self.0.read(|conn| read::stock_due(conn, limit))
    }

    async fn stock_received(&self, skus: &[OfferId]) -> Result<(), PortError> {
        let skus = skus.to_vec();
        let job = move |tx: &mut crate::Tx<'_>| write::stock_received(tx, &skus);
        self.0.write(Priority::Background, job).await
    }
}
