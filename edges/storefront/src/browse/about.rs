//! What a product's page says of itself to search engines and to those who share it.

use super::product::View;
use super::product_path;
use crate::render::Head;
use crate::seo;
use crate::state::App;
use serde_json::{Map, Value, json};
use souk_catalog::{Listing, Offer};

/// Words of the description that stand below a search engine's link.
const WORDS: usize = 30;

pub(super) fn head(app: &App, listing: &Listing, view: &View, offer: Option<&Offer>) -> Head {
    let product = &listing.product;
    let words = product.description.split_whitespace().take(WORDS).collect::<Vec<_>>().join(" ");
    let about = if words.is_empty() { product.title.clone() } else { words };
    let image = view.gallery.first().map_or_else(String::new, |picture| picture.large.clone());
    let data = vec![described(app, listing, view, offer), seo::crumbs(app, &view.crumbs)];
    Head {
        canonical: product_path(product.id),
        image,
        data,
        ..Head::public(product.title.clone(), about)
    }
}

/// The product as <https://schema.org/Product>.
fn described(app: &App, listing: &Listing, view: &View, offer: Option<&Offer>) -> Value {
    let product = &listing.product;
    let url = |path: &str| format!("{}{path}", app.shop.base_url);
    let mut about = Map::new();
    let mut say = |name: &str, value: Value| about.insert(name.to_owned(), value);
    say("@context", "https://schema.org".into());
    say("@type", "Product".into());
    say("name", product.title.clone().into());
    say("url", url(&product_path(product.id)).into());
    say("image", view.gallery.iter().map(|picture| url(&picture.large)).collect());
    say("description", view.description.join("\n").into());
    if let Some(brand) = &product.brand {
        say("brand", json!({ "@type": "Brand", "name": brand }));
    }
    if let Some(gtin) = product.gtins.first() {
        say("gtin", gtin.clone().into());
    }
    if let Some(offer) = offer.filter(|offer| offer.price.minor > 0) {
        let stock = if view.stock.buyable { "InStock" } else { "OutOfStock" };
        let mut sale = json!({
            "@type": "Offer",
            "url": url(&product_path(product.id)),
            "price": offer.price.decimal(),
            "priceCurrency": offer.price.currency.code(),
            "availability": format!("https://schema.org/{stock}"),
            "itemCondition": "https://schema.org/NewCondition",
        });
        if let Some(seller) = &view.seller {
            sale["seller"] = json!({ "@type": "Organization", "name": seller.text });
        }
        say("sku", offer.id.to_string().into());
        say("offers", sale);
    }
    if let Some(section) = view.reviews.as_ref().filter(|section| section.count > 0) {
        let rating = json!({
            "@type": "AggregateRating",
            "ratingValue": section.mean,
            "reviewCount": section.count,
        });
        say("aggregateRating", rating);
    }
    Value::Object(about)
}
