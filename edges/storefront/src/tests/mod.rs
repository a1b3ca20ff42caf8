//! Every page as a visitor meets it.

mod account_pages;
mod accounts;
mod after_buying;
mod browsing;
mod buying;
mod by_link;
mod carts;
mod hidden;
mod reviews;
mod rows;
mod saved_methods;
mod seo;
mod ways_to_pay;
mod wishlists;

use crate::testing::{Shop, Visitor};
use souk_catalog::Listing;

/// A complete and correct checkout form, before the hidden fields.
pub const ADA: [(&str, &str); 7] = [
    ("email", "ada@example.com"),
    ("name", "Ada Lovelace"),
    ("line1", "Unter den Linden 1"),
    ("city", "Berlin"),
    ("postal_code", "10117"),
    ("country", "DE"),
    ("shipping", "standard"),
];

/// Puts pieces of a product into a visitor's cart.
pub async fn add(visitor: &Visitor<'_>, listing: &Listing, quantity: &str) {
    let offer = listing.offers[0].id.to_string();
    let answer = visitor.post("/cart/add", &[("offer_id", &offer), ("quantity", quantity)]).await;
    assert_eq!(answer.leads_to(), "/cart");
}

/// Fills the checkout form and sends it; answers with the review's path.
pub async fn check_out(visitor: &Visitor<'_>) -> String {
    let form = visitor.get("/checkout").await;
    let (key, version) = (form.hidden("key"), form.hidden("version"));
    let mut fields = ADA.to_vec();
    fields.extend([("key", key.as_str()), ("version", version.as_str())]);
    visitor.post("/checkout", &fields).await.leads_to().to_owned()
}

/// A stocked shop with one product.
pub async fn shop_with(pieces: u32) -> (Shop, Listing) {
    let shop = Shop::open();
    let listing = shop.stock("Kettle No. 1", pieces).await;
    (shop, listing)
}
