//! The facts that the catalogue tells.

use crate::model::{Offer, Product};
use serde::{Deserialize, Serialize};
use souk_kernel::{Aggregate, Event, Money, OfferId, ProductId, Timestamp};

/// A product, one of its variants or an offer's terms differ from before, or it is new.
pub const PRODUCT_CHANGED: &str = "product.changed";
/// The price of an offer differs from before.
pub const OFFER_PRICE_CHANGED: &str = "offer.price_changed";

/// Body of [`PRODUCT_CHANGED`]: consumers read the product itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductChanged {
    /// Which.
    pub product: ProductId,
    /// Its version from now on.
    pub version: u64,
}

/// Body of [`OFFER_PRICE_CHANGED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPriceChanged {
    /// Which.
    pub offer: OfferId,
    /// Its product.
    pub product: ProductId,
    /// The price before.
    pub from: Money,
    /// The price from now on.
    pub to: Money,
}

/// The event of a product that is new or differs.
#[must_use]
pub fn product_changed(product: &Product, at: Timestamp) -> Event {
    let body = ProductChanged { product: product.id, version: product.version };
    Event {
        aggregate: Aggregate(product.id.uuid()),
        number: product.version,
        kind: PRODUCT_CHANGED.to_owned(),
        body: json(&body),
        at,
    }
}

/// The event of an offer whose price was `from`.
#[must_use]
pub fn price_changed(offer: &Offer, from: Money, at: Timestamp) -> Event {
    let body = OfferPriceChanged { offer: offer.id, product: offer.product, from, to: offer.price };
    Event {
        aggregate: Aggregate(offer.id.uuid()),
        number: offer.version,
        kind: OFFER_PRICE_CHANGED.to_owned(),
        body: json(&body),
        at,
    }
}

fn json<T: Serialize>(body: &T) -> String {
    serde_json::to_string(body).expect("ids, numbers and money are always JSON")
}
