//! A seller's own products.

use crate::ProductError;
use crate::rules::listing::{ProductDraft, compose, may_describe, redescribed, sells};
use souk_catalog::port::Page;
use souk_catalog::{CatalogService, Listing, Product, PutListing, Shelf};
use souk_kernel::{Clock, Currency, Mint, PortError, ProductId, SellerId, one};
use std::sync::Arc;

/// Tries of a change that loses to others, before it gives up.
const TRIES: usize = 8;

/// The use cases of a seller's products: each takes the seller, and touches nobody else's offers.
#[derive(Clone)]
pub struct ProductService {
    catalog: Arc<CatalogService>,
    clock: Arc<dyn Clock>,
    mint: Mint,
    currency: Currency,
}

impl ProductService {
    /// Over the catalogue, in the shop's currency.
    #[must_use]
    pub fn new(
        catalog: Arc<CatalogService>,
        clock: Arc<dyn Clock>,
        mint: Mint,
        currency: Currency,
    ) -> Self {
        Self { catalog, clock, mint, currency }
    }

    /// An id for the form of a new product.
    #[must_use]
    pub fn fresh_id(&self) -> ProductId {
        self.mint.mint_anywhere()
    }

    /// Changes the pictures of a product that the seller alone sells.
    ///
    /// # Errors
    /// No such product of this seller alone; pictures that can't be.
    pub async fn picture(
        &self,
        seller: SellerId,
        product: ProductId,
        change: impl Fn(&mut Vec<String>) + Send + Sync,
    ) -> Result<(), ProductError> {
        self.redescribe(seller, product, |product| change(&mut product.images)).await
    }

    /// Hides a product that the seller alone sells from shoppers, or publishes it; one that stands so
    /// already is left as it is.
    ///
    /// # Errors
    /// No such product of this seller alone.
    pub async fn set_hidden(
        &self,
        seller: SellerId,
        product: ProductId,
        hidden: bool,
    ) -> Result<(), ProductError> {
        self.redescribe(seller, product, |product| product.hidden = hidden).await
    }

    /// Changes a product that the seller alone sells; again when somebody else was first.
    async fn redescribe(
        &self,
        seller: SellerId,
        product: ProductId,
        change: impl Fn(&mut Product) + Send + Sync,
    ) -> Result<(), ProductError> {
        for _ in 0..TRIES {
            let (known, describes) = self.find(seller, product).await?;
            if !describes {
                return Err(ProductError::NotFound);
            }
            let mut changed = known.product.clone();
            change(&mut changed);
            let expected_version = Some(known.product.version);
            let listing = redescribed(&known, seller, changed);
            let at = self.clock.now();
            let put =
                PutListing { listing, expected_version, stock: Vec::new(), at, keep_hidden: false };
            match one(self.catalog.put(vec![put], None).await?).map_err(ProductError::from) {
                Ok(_) => return Ok(()),
                Err(ProductError::Stale) => {}
                Err(other) => return Err(other),
            }
        }
        Err(ProductError::Stale)
    }

    /// A page of the products that a seller offers, as they are stored.
    ///
    /// # Errors
    /// The store's.
    pub async fn page(
        &self,
        seller: SellerId,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError> {
        let shelf = Shelf::Seller(seller);
        self.catalog.store().page(&shelf, after, limit.clamp(1, 200)).await
    }

    /// One product that a seller offers, as it is stored, and whether the seller may write the product
    /// itself.
    ///
    /// # Errors
    /// No such product of this seller.
    pub async fn find(
        &self,
        seller: SellerId,
        product: ProductId,
    ) -> Result<(Listing, bool), ProductError> {
        let found = self.catalog.store().listings(&[product]).await?.pop().flatten();
        let listing = found.filter(|listing| sells(listing, seller));
        let listing = listing.ok_or(ProductError::NotFound)?;
        let describes = may_describe(&listing, seller);
        Ok((listing, describes))
    }

    /// Saves a product: a new one, or one of the seller's at the version that the seller saw. A new one
    /// that was made before, by the same form, is answered as it stands.
    ///
    /// # Errors
    /// No such product of this seller; fields that can't be; another version.
    pub async fn save(
        &self,
        seller: SellerId,
        known: Option<(ProductId, u64)>,
        draft: ProductDraft,
    ) -> Result<Listing, ProductError> {
        let (stored, expected) = match known {
            None => (None, Some(0)),
            Some((product, version)) => {
                let (listing, _) = self.find(seller, product).await?;
                (Some(listing), Some(version))
            }
        };
        let at = self.clock.now();
        let first: Vec<u32> = draft.variants.iter().map(|variant| variant.first_stock).collect();
        let keys: Vec<String> = draft.variants.iter().map(|v| v.key.clone()).collect();
        let listing = compose(stored.as_ref(), seller, draft, self.currency, (&self.mint, at));
        let pieces = |key: &str| {
            let place = keys.iter().position(|known| known == key);
            place.map_or(0, |place| first[place])
        };
        let of = |offer: &souk_catalog::Offer| {
            let key = listing.variant(offer.variant).map_or("", |variant| &variant.key);
            (offer.id, pieces(key))
        };
        let stock = listing.offers.iter().map(of).collect();
        let put = PutListing { listing, expected_version: expected, stock, at, keep_hidden: false };
        let id = put.listing.product.id;
        match one(self.catalog.put(vec![put], None).await?).map_err(ProductError::from) {
            Ok(done) => Ok(done.listing),
            Err(ProductError::Stale) if known.is_none() => match self.find(seller, id).await {
                Ok((made, _)) => Ok(made),
                Err(ProductError::NotFound) => Err(ProductError::Stale),
                Err(other) => Err(other),
            },
            Err(other) => Err(other),
        }
    }
}
