//! `GET /p/{product}`: what it is, what it costs, when it comes, and the way to buy it.

use super::choices::{Choice, Offered, choices, offered};
use super::facets::{Link, crumbs};
use super::picture::{Picture, gallery};
use super::{about, product_path, seller_path};
use crate::browse::card::price_text;
use crate::render;
use crate::reviews::Section;
use crate::rows;
use crate::state::App;
use crate::visitor::known;
use crate::wishlist;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use minijinja::Value;
use serde::Serialize;
use souk_catalog::picture::face_colour;
use souk_catalog::{Listing, Offer, attribute_label};
use souk_fulfillment::rules::RETURN_DAYS;
use souk_kernel::{OfferId, ProductId};
use souk_orders::BuyerLine;
use souk_pricing::{Destination, ShippingMethod};
use souk_webkit::{Problem, Query, href};

/// So few are counted in words.
const FEW: i64 = 5;
/// Attributes shown before the rest is folded away.
const ATTRIBUTES: usize = 10;
const QUANTITIES: i64 = 10;

#[derive(Serialize)]
pub(super) struct View {
    pub crumbs: Vec<Link>,
    pub gallery: Vec<Picture>,
    pub title: String,
    brand: Option<Link>,
    pub price: String,
    pub stock: Stock,
    pub seller: Option<Link>,
    deliveries: Vec<Delivery>,
    return_days: i64,
    choices: Vec<Choice>,
    offer: String,
    quantities: Vec<i64>,
    back: String,
    added: bool,
    refused: &'static str,
    attributes: Vec<(String, String)>,
    more_attributes: Vec<(String, String)>,
    pub description: Vec<String>,
    pub reviews: Option<Section>,
    product: String,
    /// What was bought with it, and what is like it: markup of ours.
    rows: Value,
    /// What goes with it, for who has just put it into the cart: markup of ours.
    goes_with_it: Value,
    /// The lowest price of the 30 days before it became cheaper; empty: it did not.
    was: String,
    /// What became of a wish or an alert.
    told: &'static str,
}

#[derive(Serialize)]
pub(super) struct Stock {
    text: String,
    /// `in`, `few` or `out`.
    band: &'static str,
    pub buyable: bool,
}

#[derive(Serialize)]
struct Delivery {
    way: &'static str,
    when: String,
    cost: String,
}

pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(product): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("there is no such product");
    let id: ProductId = product.parse().map_err(|_| missing())?;
    let listing = app.catalog.listing(id).await?.ok_or_else(missing)?;
    note_look(&app, &headers, &listing).await;
    let left = left(&app, &listing).await?;
    let all = offered(&listing, &left);
    let chosen = chosen(&listing, &all, fields.get("variant"));
    let mut view = lay_out(&app, &listing, &all, chosen);
    view.reviews = Some(Section::of(&app, id).await?);
    view.added = fields.get("added") == "1";
    view.refused = match fields.get("refused") {
        "cart_full" => "Your cart is full. Remove something first.",
        "offer_not_found" => "This is not for sale at the moment.",
        "cart_frozen" => "You are just paying for your cart. Finish that first.",
        "" => "",
        _ => "That did not work. Please try again.",
    };
    if let Some(offer) = chosen.and_then(|one| one.offer) {
        let sellers = app.catalog.sellers(&[offer.seller]).await?;
        let seller = sellers.into_iter().flatten().next();
        view.seller = seller.map(|s| Link { href: seller_path(s.id), text: s.name });
        if view.stock.buyable {
            view.deliveries = deliveries(&app, offer.id).await;
        }
    }
    surround(&app, &listing, chosen.and_then(|one| one.offer), &mut view).await?;
    let (told, trouble) = wishlist::said(fields.get("list"));
    view.told = told;
    if view.refused.is_empty() {
        view.refused = trouble;
    }
    let head = about::head(&app, &listing, &view, chosen.and_then(|one| one.offer));
    // After adding, the page confirms it to one shopper.
    if view.added || !view.refused.is_empty() || !view.told.is_empty() {
        return render::private(&app, "product.html", &head, &view);
    }
    render::public(&app, "product.html", &head, &view)
}

/// What stands beside it, and whether it has become cheaper.
async fn surround(
    app: &App,
    listing: &Listing,
    offer: Option<&Offer>,
    view: &mut View,
) -> Result<(), Problem> {
    let beside = rows::beside(app, listing).await?;
    view.rows = Value::from_safe_string(beside.html.clone());
    if view.added {
        view.goes_with_it = Value::from_safe_string(beside.after_adding.clone());
    }
    // A price that has moved on since is no deal.
    let deal = beside.deal.filter(|deal| {
        offer.is_some_and(|offer| offer.id == deal.offer && offer.price == deal.price)
    });
    view.was = deal.map_or_else(String::new, |deal| deal.was.to_string());
    Ok(())
}

/// Tells search that somebody looked. The page itself is the same for everyone, and is shown also when
/// nobody can say whose session this is.
async fn note_look(app: &App, headers: &HeaderMap, listing: &Listing) {
    let user = known(app, headers).await.ok().flatten().map(|caller| caller.user());
    let product = &listing.product;
    app.insights.looked(user, product.id);
    app.search.looked(user, product.id, product.brand.as_deref(), &product.category_path);
}

/// How many are left of each of the listing's offers.
async fn left(app: &App, listing: &Listing) -> Result<Vec<i64>, Problem> {
    let skus: Vec<OfferId> = listing.offers.iter().map(|offer| offer.id).collect();
    let levels = app.saga.parts().stock.levels_of(&skus).await?;
    Ok(levels.iter().map(|at| at.iter().map(|there| there.level.available()).sum()).collect())
}

/// The variant that the address names; else the one that the product's cards show.
fn chosen<'a, 'b>(
    listing: &Listing,
    all: &'b [Offered<'a>],
    variant: &str,
) -> Option<&'b Offered<'a>> {
    let named = all.iter().find(|one| !variant.is_empty() && one.variant.key == variant);
    let of = |offer: &Offer| {
        let own = |one: &&Offered<'_>| one.variant.id == offer.variant;
        all.iter().find(own)
    };
    named.or_else(|| lead(listing).and_then(of)).or_else(|| all.first())
}

/// The lead offer, or another of its price in the colour that the product's cards show.
fn lead(listing: &Listing) -> Option<&Offer> {
    let lead = listing.lead_offer()?;
    let face = face_colour(&listing.product);
    let shown = |offer: &&Offer| {
        let variant = listing.variant(offer.variant);
        let colour = variant.and_then(|v| v.options.get("colour")).map(String::as_str);
        offer.buyable && offer.price == lead.price && colour.is_some() && colour == face
    };
    lead.buyable.then(|| listing.offers.iter().find(shown)).flatten().or(Some(lead))
}

/// When one piece would come, by each way that there is.
async fn deliveries(app: &App, offer: OfferId) -> Vec<Delivery> {
    let line = [BuyerLine { sku: offer, quantity: 1 }];
    let destination = Destination::country(app.shop.country);
    let mut found = Vec::new();
    let ways = [("Standard", ShippingMethod::Standard), ("Express", ShippingMethod::Express)];
    for (way, method) in ways {
        let Ok(quote) = app.saga.quote(&line, &destination, method).await else { continue };
        let free = quote.shipping.minor == 0;
        let cost = if free { "free".into() } else { format!("for {}", quote.shipping) };
        found.push(Delivery { way, when: quote.delivery(), cost });
    }
    found
}

fn stock(available: i64, buyable: bool) -> Stock {
    let (text, band) = match available {
        _ if !buyable => ("Not for sale at the moment".into(), "out"),
        ..=0 => ("Sold out".into(), "out"),
        1..=FEW => (format!("Only {available} left"), "few"),
        _ => ("In stock".into(), "in"),
    };
    Stock { text, band, buyable: buyable && available > 0 }
}

fn lay_out(
    app: &App,
    listing: &Listing,
    all: &[Offered<'_>],
    chosen: Option<&Offered<'_>>,
) -> View {
    let product = &listing.product;
    let offer = chosen.and_then(|one| one.offer);
    let available = chosen.map_or(0, |one| one.available);
    let mut attributes: Vec<(String, String)> = product
        .attributes
        .iter()
        .map(|(name, values)| (attribute_label(name), values.join(", ")))
        .collect();
    let more_attributes = attributes.split_off(attributes.len().min(ATTRIBUTES));
    let brand = product.brand.clone();
    let key = chosen.map_or("", |one| &one.variant.key);
    let lines = product.description.lines().map(str::trim).filter(|line| !line.is_empty());
    View {
        crumbs: crumbs(app, &product.category_path),
        gallery: gallery(app, listing, offer),
        title: product.title.clone(),
        brand: brand.map(|brand| Link { href: super::brand_path(&brand), text: brand }),
        price: offer.map_or_else(String::new, |offer| price_text(offer.price)),
        stock: stock(available, offer.is_some_and(|offer| offer.buyable)),
        seller: None,
        deliveries: Vec::new(),
        return_days: RETURN_DAYS,
        choices: choices(listing, all, chosen.map(|one| one.variant.id)),
        offer: offer.map_or_else(String::new, |offer| offer.id.to_string()),
        quantities: (1..=available.clamp(1, QUANTITIES)).collect(),
        back: href(&product_path(product.id), &[("variant".into(), key.into())]),
        added: false,
        refused: "",
        attributes,
        more_attributes,
        description: lines.map(String::from).collect(),
        reviews: None,
        product: product.id.to_string(),
        rows: Value::from(""),
        goes_with_it: Value::from(""),
        was: String::new(),
        told: "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_said_in_words() {
        for (available, buyable, text, can) in [
            (0, true, "Sold out", false),
            (1, true, "Only 1 left", true),
            (FEW, true, "Only 5 left", true),
            (6, true, "In stock", true),
            (6, false, "Not for sale at the moment", false),
        ] {
            let stock = stock(available, buyable);
            assert_eq!((stock.text.as_str(), stock.buyable), (text, can));
        }
    }
}
