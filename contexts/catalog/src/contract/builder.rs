//! Builds listings for cases and other rooms' tests, the same in every run.

use super::{
    BTreeMap, Currency, ExternalId, HOUSE_SELLER, Listing, ManualClock, Mint, Money, NOW, Offer,
    Product, PutListing, SeededEntropy, TaxClass, Variant, eur,
};
use crate::rules::department_bucket;
use std::sync::Arc;

/// Mints and builds.
pub struct Builder(pub Mint);

impl Builder {
    /// The same seed builds the same listings.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        Self(Mint::new(clock, Arc::new(SeededEntropy::new(seed))))
    }

    /// A product with one variant and one buyable offer of the house for 12.99 EUR.
    #[must_use]
    pub fn listing(&self, external: &str, path: &[&str]) -> Listing {
        let id = self.0.mint(department_bucket(path.first().copied()));
        let product = Product {
            id,
            external: Some(ExternalId { source: "test".into(), id: external.into() }),
            title: format!("Kettle {external}"),
            description: "Boils water.\nQuietly.".into(),
            brand: Some("Brenn".into()),
            category_path: path.iter().map(|level| (*level).to_owned()).collect(),
            attributes: BTreeMap::from([
                ("colour".into(), vec!["Black".into(), "Blue".into()]),
                ("volume".into(), vec!["1.7 l".into()]),
            ]),
            images: vec!["kettle.jpg".into()],
            gtins: vec!["4006381333931".into()],
            hidden: false,
            created_at: NOW,
            updated_at: NOW,
            version: 1,
        };
        let mut listing = Listing { product, variants: Vec::new(), offers: Vec::new() };
        self.add_variant(&mut listing, "", eur(1_299));
        listing
    }

    /// Adds a variant with an offer of the house.
    pub fn add_variant(&self, listing: &mut Listing, key: &str, price: Money) {
        let product = listing.product.id;
        let variant = Variant {
            id: self.0.mint(product.bucket()),
            product,
            key: key.into(),
            title: key.into(),
            options: BTreeMap::new(),
        };
        listing.offers.push(Offer {
            id: self.0.mint(product.bucket()),
            variant: variant.id,
            product,
            seller: HOUSE_SELLER,
            price,
            tax_class: TaxClass::Reduced,
            weight_g: 900,
            buyable: true,
            version: 1,
        });
        listing.variants.push(variant);
    }

    /// The put of [`Builder::listing`], with five pieces of first stock.
    #[must_use]
    pub fn put(&self, external: &str, path: &[&str]) -> PutListing {
        of(self.listing(external, path))
    }

    /// A price in US dollars.
    #[must_use]
    pub fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }
}

/// The put of a listing, with five pieces of first stock for each offer.
#[must_use]
pub fn of(listing: Listing) -> PutListing {
    let stock = listing.offers.iter().map(|offer| (offer.id, 5)).collect();
    PutListing { listing, expected_version: None, stock, at: NOW, keep_hidden: false }
}
