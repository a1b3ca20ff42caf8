//! A product as a card in a list: the whole card is one link.

use super::picture::Picture;
use super::product_path;
use crate::state::App;
use serde::Serialize;
use souk_catalog::Listing;
use souk_search::Hit;

#[derive(Debug, Serialize)]
pub struct Card {
    pub href: String,
    pub picture: Picture,
    pub title: String,
    pub brand: String,
    pub price: String,
    pub sold_out: bool,
}

impl Card {
    pub fn of_hit(app: &App, hit: &Hit) -> Self {
        Self {
            href: product_path(hit.product),
            picture: Picture::card(app, hit.product, &hit.title, &hit.brand),
            title: hit.title.clone(),
            brand: hit.brand.clone(),
            price: price_text(hit.price),
            sold_out: !hit.in_stock,
        }
    }

    /// Without the index: stock is not known here, so nothing is said of it.
    pub fn of_listing(app: &App, listing: &Listing) -> Self {
        let product = &listing.product;
        let offer = listing.lead_offer();
        let brand = product.brand.as_deref().unwrap_or_default();
        Self {
            href: product_path(product.id),
            picture: Picture::card(app, product.id, &product.title, brand),
            title: product.title.clone(),
            brand: product.brand.clone().unwrap_or_default(),
            price: offer.map_or_else(String::new, |offer| price_text(offer.price)),
            sold_out: offer.is_none_or(|offer| !offer.buyable),
        }
    }
}

/// A price of zero is one that nobody knows: it is not shown as free.
pub fn price_text(price: souk_kernel::Money) -> String {
    if price.minor > 0 { price.to_string() } else { String::new() }
}
