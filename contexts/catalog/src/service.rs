//! The catalogue's use cases: every other room reads and writes products through here, so that the
//! cache of offers and the store never disagree within a process.

use crate::cache::{Closed, OfferCache};
use crate::error::{CatalogError, PutRefused};
use crate::model::{HOUSE_SELLER, Listing, OfferView, Seller};
use crate::port::{
    Catalog, CategoryCount, Checkpoint, Page, PutDone, PutListing, PutOutcome, SetPrice, Shelf,
};
use crate::rules::{Category, category_tree};
use souk_kernel::{Answers, Clock, Money, OfferId, PortError, ProductId, SellerId, Timestamp, one};
use std::sync::{Arc, Mutex, PoisonError};

/// Offers kept in memory by default: 64 Ki of them are about 25 MB.
pub const CACHED_OFFERS: usize = 65_536;

/// How long a counted tree of categories is shown before it is counted anew, in milliseconds.
const TREE_MS: i64 = 5_000;

/// The catalogue, with its cache. Share one of them in a process.
pub struct CatalogService {
    store: Arc<dyn Catalog>,
    clock: Arc<dyn Clock>,
    cache: OfferCache,
    closed: Closed,
    tree: Mutex<Option<(i64, Arc<Vec<CategoryCount>>)>>,
}

impl CatalogService {
    /// Over a store, with room for `cached` offers in memory.
    #[must_use]
    pub fn new(store: Arc<dyn Catalog>, clock: Arc<dyn Clock>, cached: usize) -> Self {
        let (cache, closed) = (OfferCache::new(cached), Closed::default());
        Self { store, clock, cache, closed, tree: Mutex::new(None) }
    }

    /// From now on these sellers, and no others, sell nothing: whoever reads their offers here finds
    /// them not buyable. The store keeps them as they are: who writes an offer back, reads it there.
    pub fn close(&self, sellers: impl IntoIterator<Item = SellerId>) {
        self.closed.set(sellers.into_iter().collect());
    }

    /// Whether a seller sells nothing at present, whatever its offers say.
    #[must_use]
    pub fn is_closed(&self, seller: SellerId) -> bool {
        self.closed.has(seller)
    }

    /// What pricing needs of these offers, in the order asked; `None` for an id that names nothing.
    ///
    /// # Errors
    /// The store's, when an offer isn't in memory.
    pub async fn offers(&self, ids: &[OfferId]) -> Result<Vec<Option<Arc<OfferView>>>, PortError> {
        let mut views: Vec<_> = ids.iter().map(|id| self.cache.get(*id)).collect();
        let missing: Vec<usize> = (0..ids.len()).filter(|at| views[*at].is_none()).collect();
        for chunk in missing.chunks(crate::port::BATCH_MAX) {
            let wanted: Vec<OfferId> = chunk.iter().map(|at| ids[*at]).collect();
            let since = self.cache.moment();
            let found = self.store.offers(&wanted).await?;
            for (at, view) in chunk.iter().zip(found) {
                views[*at] = view.map(Arc::new);
                if let Some(view) = &views[*at] {
                    self.cache.fill(&since, view);
                }
            }
        }
        self.closed.mark_views(&mut views);
        Ok(views)
    }

    /// One product with its variants and offers, as shoppers may read it; `None` also for one that is
    /// hidden.
    ///
    /// # Errors
    /// The store's.
    pub async fn listing(&self, id: ProductId) -> Result<Option<Listing>, PortError> {
        Ok(self.listings(&[id]).await?.pop().flatten())
    }

    /// These products, in the order asked, at most [`crate::port::BATCH_MAX`]; as shoppers may read them.
    ///
    /// # Errors
    /// The store's.
    pub async fn listings(&self, ids: &[ProductId]) -> Result<Vec<Option<Listing>>, PortError> {
        let mut found = self.listings_with_hidden(ids).await?;
        for listing in &mut found {
            listing.take_if(|listing| listing.product.hidden);
        }
        Ok(found)
    }

    /// One product as it is stored, whoever is closed, hidden or not: for who writes it back, or away.
    ///
    /// # Errors
    /// The store's.
    pub async fn stored(&self, id: ProductId) -> Result<Option<Listing>, PortError> {
        Ok(self.store.listings(&[id]).await?.pop().flatten())
    }

    /// As [`CatalogService::listings`], with what is hidden: for the staff's lists.
    ///
    /// # Errors
    /// The store's.
    pub async fn listings_with_hidden(
        &self,
        ids: &[ProductId],
    ) -> Result<Vec<Option<Listing>>, PortError> {
        let mut found = self.store.listings(ids).await?;
        self.closed.mark(found.iter_mut().flatten());
        Ok(found)
    }

    /// As [`CatalogService::page`], with what is hidden: for the staff's lists.
    ///
    /// # Errors
    /// The store's.
    pub async fn page_with_hidden(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        let mut page = self.stored_page(shelf, after, limit).await?;
        self.closed.mark(page.listings.iter_mut());
        Ok(page)
    }

    /// A page of a shelf as it is stored, with what is hidden; else as [`CatalogService::page`].
    ///
    /// # Errors
    /// The store's.
    pub async fn stored_page(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        self.store.page(shelf, after, limit.clamp(1, 200)).await
    }

    /// These sellers, in the order asked.
    ///
    /// # Errors
    /// The store's.
    pub async fn sellers(&self, ids: &[SellerId]) -> Result<Vec<Option<Seller>>, PortError> {
        self.store.sellers(ids).await
    }

    /// A page of a shelf, as shoppers may read it; `limit` is brought into 1 to 200.
    ///
    /// # Errors
    /// The store's.
    pub async fn page(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        let mut page = self.store.shown(shelf, after, limit.clamp(1, 200)).await?;
        self.closed.mark(page.listings.iter_mut());
        Ok(page)
    }

    /// A stretch of the ids of what shoppers see, with when each was last changed; `limit` is brought into
    /// 1 to [`crate::port::IDS_MAX`].
    ///
    /// # Errors
    /// The store's.
    pub async fn ids(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<(ProductId, Timestamp)>, PortError> {
        self.store.ids(after, limit.clamp(1, crate::port::IDS_MAX)).await
    }

    /// Every category with how many products are in and below it, a few seconds old at most. Some may hold
    /// nothing but what is hidden.
    ///
    /// # Errors
    /// The store's.
    pub async fn category_counts(&self) -> Result<Arc<Vec<CategoryCount>>, PortError> {
        let now = self.clock.now().0;
        let kept = self.tree.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, counts)) = kept
            && (0..TREE_MS).contains(&(now - at))
        {
            return Ok(counts);
        }
        let counts = Arc::new(self.store.categories().await?);
        *self.tree.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((now, Arc::clone(&counts)));
        Ok(counts)
    }

    /// Those of them that shoppers see, as a tree, departments first.
    ///
    /// # Errors
    /// The store's.
    pub async fn categories(&self) -> Result<Vec<Category>, PortError> {
        let counts = self.category_counts().await?;
        Ok(category_tree(counts.iter().filter(|count| count.products > 0)))
    }

    /// All of them as a tree.
    ///
    /// # Errors
    /// The store's.
    pub async fn all_categories(&self) -> Result<Vec<Category>, PortError> {
        Ok(category_tree(self.category_counts().await?.iter()))
    }

    /// How many products shoppers see, a few seconds old at most.
    ///
    /// # Errors
    /// The store's.
    pub async fn shown_count(&self) -> Result<u64, PortError> {
        let counts = self.category_counts().await?;
        // Those of all departments, and those of none.
        Ok(counts.iter().filter(|at| at.path.len() < 2).map(|at| at.products).sum())
    }

    /// How many products there are, hidden ones included.
    ///
    /// # Errors
    /// The store's.
    pub async fn count(&self) -> Result<u64, PortError> {
        self.store.count().await
    }

    /// Writes listings, and the checkpoint with them; see [`Catalog::put`].
    ///
    /// # Errors
    /// The store's: then none of the batch was written, as far as is known.
    pub async fn put(
        &self,
        batch: Vec<PutListing>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Answers<PutDone, PutRefused>, PortError> {
        let answers = match self.store.put(batch, checkpoint).await {
            Ok(answers) => answers,
            Err(error) => {
                self.cache.forget_all();
                return Err(error);
            }
        };
        for done in answers.iter().flatten() {
            if done.outcome == PutOutcome::Changed {
                self.cache.forget(done.listing.offers.iter().map(|offer| offer.id));
            }
        }
        Ok(answers)
    }

    /// Somebody else wrote these listings into the same store, as part of something of theirs.
    pub fn written(&self, listings: &[Listing]) {
        let offers = listings.iter().flat_map(|listing| &listing.offers);
        self.cache.forget(offers.map(|offer| offer.id));
        *self.tree.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Somebody else arranged categories in the same store, as part of something of theirs.
    pub fn arranged(&self) {
        self.written(&[]);
    }

    /// Changes the price of an offer that the caller saw at `expected_version`; answers with the
    /// offer's new version.
    ///
    /// # Errors
    /// Refused, or the store's.
    pub async fn set_price(
        &self,
        offer: OfferId,
        price: Money,
        expected_version: u64,
    ) -> Result<u64, CatalogError> {
        let at = self.clock.now();
        let intent = SetPrice { offer, price, expected_version, at };
        let answers = self.store.set_prices(vec![intent]).await;
        // Also after an error: it may have been done.
        self.cache.forget([offer]);
        Ok(one(answers?)?)
    }

    /// Makes sure that the shop's own seller is there, under this name.
    ///
    /// # Errors
    /// The store's.
    pub async fn open_house(&self, name: &str) -> Result<(), PortError> {
        let house = Seller { id: HOUSE_SELLER, name: name.to_owned() };
        self.store.put_sellers(vec![house]).await
    }

    /// The store itself, for what has no rule of its own: checkpoints, first stock.
    #[must_use]
    pub fn store(&self) -> &dyn Catalog {
        &*self.store
    }

    /// The cache, for its figures.
    #[must_use]
    pub const fn cache(&self) -> &OfferCache {
        &self.cache
    }
}
