//! The catalogue in memory.

use async_trait::async_trait;
use parking_lot::RwLock;
use souk_catalog::port::{
    Arrange, Catalog, CategoryCount, Checkpoint, Page, PutDone, PutListing, PutOutcome, SetPrice,
    Shelf, StockDue,
};
use souk_catalog::rules::{Repriced, Sibling, arrange, as_seen, merge, reprice};
use souk_catalog::{
    ArrangeRefused, ExternalId, Listing, OfferView, PriceRefused, PutRefused, Seller,
};
use souk_kernel::{Answers, Event, OfferId, PortError, ProductId, SellerId, Timestamp};
use std::collections::BTreeMap;

/// A catalogue that forgets everything when it is dropped.
#[derive(Default)]
pub struct MemoryCatalog(RwLock<State>);

#[derive(Default, Clone)]
struct State {
    products: BTreeMap<ProductId, Listing>,
    external: BTreeMap<ExternalId, ProductId>,
    offers: BTreeMap<OfferId, ProductId>,
    sellers: BTreeMap<SellerId, Seller>,
    checkpoints: BTreeMap<String, Checkpoint>,
    stock: BTreeMap<OfferId, StockDue>,
    /// Where staff put categories, by path.
    places: BTreeMap<Vec<String>, u32>,
    events: Vec<Event>,
}

impl MemoryCatalog {
    /// An empty catalogue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts edited listings, each [as it was seen](as_seen), all of them or none: for a store that does it as part of something else.
    ///
    /// # Errors
    /// The first one that was refused; then nothing is changed.
    pub fn put_all(&self, puts: Vec<PutListing>) -> Result<Vec<Listing>, PutRefused> {
        let mut state = self.0.write();
        let mut next = state.clone();
        let one = |put: PutListing| {
            let known = next.products.get(&put.listing.product.id);
            if let Some(known) = known.filter(|known| !as_seen(known, &put.listing)) {
                return Err(PutRefused::Stale { current: known.product.version });
            }
            next.put(put).map(|done| done.listing)
        };
        let done: Result<Vec<_>, _> = puts.into_iter().map(one).collect();
        if done.is_ok() {
            *state = next;
        }
        done
    }

    /// Arranges categories: also for a store that does it as part of something else.
    ///
    /// # Errors
    /// Refused: then nothing is changed.
    pub fn rearrange(&self, intent: &Arrange) -> Result<bool, ArrangeRefused> {
        self.0.write().arrange(intent)
    }

    /// What it has told so far, in order; taken away.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.write().events)
    }
}

impl State {
    fn put(&mut self, put: PutListing) -> Result<PutDone, PutRefused> {
        let external = put.listing.product.external.as_ref();
        let id = external.and_then(|external| self.external.get(external)).copied();
        let known = self.products.get(&id.unwrap_or(put.listing.product.id));
        let merged = merge(known, put)?;
        if merged.done.outcome != PutOutcome::Unchanged {
            self.store(&merged.done.listing);
            self.events.extend(merged.events);
            self.stock.extend(merged.stock.into_iter().map(|due| (due.sku, due)));
        }
        Ok(merged.done)
    }

    fn store(&mut self, listing: &Listing) {
        let id = listing.product.id;
        if let Some(external) = &listing.product.external {
            self.external.insert(external.clone(), id);
        }
        self.offers.extend(listing.offers.iter().map(|offer| (offer.id, id)));
        self.products.insert(id, listing.clone());
    }

    fn set_price(&mut self, intent: &SetPrice) -> Result<u64, PriceRefused> {
        let product = self.offers.get(&intent.offer).and_then(|id| self.products.get_mut(id));
        let stored = product.and_then(|p| p.offers.iter_mut().find(|o| o.id == intent.offer));
        match reprice(stored.as_deref(), intent)? {
            Repriced::Same(version) => Ok(version),
            Repriced::Changed { offer, event } => {
                let version = offer.version;
                if let Some(stored) = stored {
                    *stored = offer;
                }
                self.events.push(event);
                Ok(version)
            }
        }
    }

    /// How many products each category has: those that are shown, those that are hidden.
    fn counts(&self) -> BTreeMap<Vec<String>, (u64, u64)> {
        let mut counts: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
        for listing in self.products.values() {
            let path = &listing.product.category_path;
            for depth in path.len().min(1)..=path.len() {
                let (shown, hidden) = counts.entry(path[..depth].to_vec()).or_default();
                *(if listing.product.hidden { hidden } else { shown }) += 1;
            }
        }
        counts
    }

    fn arrange(&mut self, intent: &Arrange) -> Result<bool, ArrangeRefused> {
        let places = match intent {
            Arrange::Step(wish) => {
                let (Some((_, parent)), counts) = (wish.path.split_last(), self.counts()) else {
                    return Err(ArrangeRefused::NoCategory);
                };
                let is_sibling =
                    |path: &&Vec<String>| path.split_last().is_some_and(|(_, p)| p == parent);
                let mut paths: Vec<_> = counts.keys().chain(self.places.keys()).collect();
                paths.sort_unstable();
                paths.dedup();
                let sibling = |path: &Vec<String>| Sibling {
                    name: path.last().cloned().unwrap_or_default(),
                    products: counts.get(path).map_or(0, |(shown, _)| *shown),
                    live: counts.contains_key(path),
                    place: self.places.get(path).copied(),
                };
                let level = paths.into_iter().filter(is_sibling).map(sibling).collect();
                let Some(names) = arrange(level, wish)? else { return Ok(false) };
                let path = |name: String| parent.iter().cloned().chain([name]).collect();
                let parent = parent.to_vec();
                self.places
                    .retain(|path, _| path.split_last().is_none_or(|(_, above)| above != parent));
                names.into_iter().map(path).zip(0..).collect::<Vec<(Vec<String>, u32)>>()
            }
            Arrange::Follow { from, to } => {
                let above = |path: &'_ [String]| path.split_last().map(|(_, above)| above.to_vec());
                let same_parent = above(from).is_some() && above(from) == above(to);
                let moved = |(path, place): (&Vec<String>, &u32)| {
                    let below = path.strip_prefix(from.as_slice())?;
                    let counts = same_parent || !below.is_empty();
                    let path: Vec<String> = to.iter().chain(below).cloned().collect();
                    (counts && !self.places.contains_key(&path)).then_some((path, *place))
                };
                self.places.iter().filter_map(moved).collect()
            }
        };
        let written = !places.is_empty();
        self.places.extend(places);
        Ok(written)
    }

    fn page(
        &self,
        fits: impl Fn(&Listing) -> bool,
        after: Option<ProductId>,
        limit: usize,
    ) -> Page {
        let later = |listing: &&Listing| after.is_none_or(|after| listing.product.id > after);
        let mut found = self.products.values().filter(later).filter(|listing| fits(listing));
        let listings: Vec<Listing> = found.by_ref().take(limit).cloned().collect();
        let last = listings.last().map(|listing| listing.product.id);
        let next = found.next().and(last);
        Page { listings, next }
    }

    fn view(&self, id: OfferId) -> Option<OfferView> {
        let listing = self.products.get(self.offers.get(&id)?)?;
        let offer = listing.offers.iter().find(|offer| offer.id == id)?;
        Some(OfferView::of(listing, offer))
    }
}

fn is_on(shelf: &Shelf, listing: &Listing) -> bool {
    let product = &listing.product;
    match shelf {
        Shelf::Seller(seller) => listing.offers.iter().any(|offer| offer.seller == *seller),
        Shelf::All => true,
        Shelf::Hidden => product.hidden,
        Shelf::Category(path) if path.is_empty() => product.category_path.is_empty(),
        Shelf::Category(path) => product.category_path.starts_with(path),
        Shelf::Brand(brand) => product.brand.as_ref() == Some(brand),
    }
}

#[async_trait]
impl Catalog for MemoryCatalog {
    async fn put(
        &self,
        batch: Vec<PutListing>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Answers<PutDone, PutRefused>, PortError> {
        let mut state = self.0.write();
        if let Some(checkpoint) = checkpoint {
            state.checkpoints.insert(checkpoint.job.clone(), checkpoint);
        }
        Ok(batch.into_iter().map(|put| state.put(put)).collect())
    }

    async fn set_prices(
        &self,
        batch: Vec<SetPrice>,
    ) -> Result<Answers<u64, PriceRefused>, PortError> {
        let mut state = self.0.write();
        Ok(batch.iter().map(|intent| state.set_price(intent)).collect())
    }

    async fn put_sellers(&self, sellers: Vec<Seller>) -> Result<(), PortError> {
        self.0.write().sellers.extend(sellers.into_iter().map(|seller| (seller.id, seller)));
        Ok(())
    }

    async fn listings(&self, ids: &[ProductId]) -> Result<Vec<Option<Listing>>, PortError> {
        let state = self.0.read();
        Ok(ids.iter().map(|id| state.products.get(id).cloned()).collect())
    }

    async fn offers(&self, ids: &[OfferId]) -> Result<Vec<Option<OfferView>>, PortError> {
        let state = self.0.read();
        Ok(ids.iter().map(|id| state.view(*id)).collect())
    }

    async fn sellers(&self, ids: &[SellerId]) -> Result<Vec<Option<Seller>>, PortError> {
        let state = self.0.read();
        Ok(ids.iter().map(|id| state.sellers.get(id).cloned()).collect())
    }

    async fn page(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        Ok(self.0.read().page(|listing| is_on(shelf, listing), after, limit))
    }

    async fn shown(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        let shown = |listing: &Listing| is_on(shelf, listing) && !listing.product.hidden;
        Ok(self.0.read().page(shown, after, limit))
    }

    async fn ids(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<(ProductId, Timestamp)>, PortError> {
        let state = self.0.read();
        let products = state.products.values().map(|listing| &listing.product);
        let shown = products.filter(|product| !product.hidden);
        let later = shown.filter(|product| after.is_none_or(|after| product.id > after));
        Ok(later.take(limit).map(|product| (product.id, product.updated_at)).collect())
    }

    async fn categories(&self) -> Result<Vec<CategoryCount>, PortError> {
        let state = self.0.read();
        let count = |(path, (products, hidden))| {
            let place = state.places.get(&path).copied();
            CategoryCount { path, products, hidden, place }
        };
        Ok(state.counts().into_iter().map(count).collect())
    }

    async fn arrange(&self, intent: Arrange) -> Result<bool, ArrangeRefused> {
        self.rearrange(&intent)
    }

    async fn count(&self) -> Result<u64, PortError> {
        Ok(self.0.read().products.len() as u64)
    }

    async fn checkpoint(&self, job: &str) -> Result<Option<Checkpoint>, PortError> {
        Ok(self.0.read().checkpoints.get(job).cloned())
    }

    async fn stock_due(&self, limit: usize) -> Result<Vec<StockDue>, PortError> {
        Ok(self.0.read().stock.values().take(limit).copied().collect())
    }

    async fn stock_received(&self, skus: &[OfferId]) -> Result<(), PortError> {
        let mut state = self.0.write();
        for sku in skus {
            state.stock.remove(sku);
        }
        Ok(())
    }
}
