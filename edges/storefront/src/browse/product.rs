//! `GET /p/{product}`: what it is, what it costs, when it comes, and the way to buy it.

use super::card::price_text;
use super::facets::{Link, crumbs};
use super::picture::{Picture, gallery};
use super::product_path;
use crate::form::{Query, href};
use crate::render::{self, Head};
use crate::reviews::Section;
use crate::state::App;
use crate::visitor::known;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::picture::face_colour;
use souk_catalog::{Listing, Offer, attribute_label};
use souk_kernel::{OfferId, ProductId};
use souk_orders::BuyerLine;
use souk_pricing::{Destination, ShippingMethod};
use souk_webkit::Problem;

/// So few are counted in words.
const FEW: i64 = 5;
/// Attributes shown before the rest is folded away.
const ATTRIBUTES: usize = 10;
const QUANTITIES: i64 = 10;

#[derive(Serialize)]
struct View {
    crumbs: Vec<Link>,
    gallery: Vec<Picture>,
    title: String,
    brand: Option<Link>,
    price: String,
    stock: Stock,
    seller: String,
    delivery: Option<Delivery>,
    variants: Vec<VariantLink>,
    offer: String,
    quantities: Vec<i64>,
    back: String,
    added: bool,
    refused: &'static str,
    attributes: Vec<(String, String)>,
    more_attributes: Vec<(String, String)>,
    description: Vec<String>,
    reviews: Option<Section>,
}

#[derive(Serialize)]
struct Stock {
    text: String,
    /// `in`, `few` or `out`.
    band: &'static str,
    buyable: bool,
}

#[derive(Serialize)]
struct Delivery {
    when: String,
    cost: String,
}

#[derive(Serialize)]
struct VariantLink {
    text: String,
    href: String,
    current: bool,
    buyable: bool,
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
    let offer = chosen(&listing, fields.get("variant"));
    let available = match offer {
        Some(offer) if offer.buyable => available(&app, offer.id).await?,
        _ => 0,
    };
    let mut view = lay_out(&app, &listing, offer, available);
    view.reviews = Some(Section::of(&app, id).await?);
    view.added = fields.get("added") == "1";
    view.refused = match fields.get("refused") {
        "cart_full" => "Your cart is full. Remove something first.",
        "offer_not_found" => "This is not for sale at the moment.",
        "cart_frozen" => "You are just paying for your cart. Finish that first.",
        "" => "",
        _ => "That did not work. Please try again.",
    };
    if let Some(offer) = offer {
        let sellers = app.catalog.sellers(&[offer.seller]).await?;
        view.seller = sellers.into_iter().flatten().next().map_or_else(String::new, |s| s.name);
        if available > 0 {
            view.delivery = delivery(&app, offer.id).await;
        }
    }
    let words = listing.product.description.split_whitespace().take(30);
    let about = words.collect::<Vec<_>>().join(" ");
    let about = if about.is_empty() { listing.product.title.clone() } else { about };
    let head = Head::public(listing.product.title.clone(), about);
    // After adding, the page confirms it to one shopper.
    if view.added || !view.refused.is_empty() {
        return render::private(&app, "product.html", &head, &view);
    }
    render::public(&app, "product.html", &head, &view)
}

/// Tells search that somebody looked. The page itself is the same for everyone, and is shown also when
/// nobody can say whose session this is.
async fn note_look(app: &App, headers: &HeaderMap, listing: &Listing) {
    let user = known(app, headers).await.ok().flatten().map(|caller| caller.user());
    let product = &listing.product;
    app.search.looked(user, product.id, product.brand.as_deref(), &product.category_path);
}

fn chosen<'a>(listing: &'a Listing, variant: &str) -> Option<&'a Offer> {
    let wanted = listing.variants.iter().find(|v| !variant.is_empty() && v.key == variant);
    let Some(wanted) = wanted else { return lead(listing) };
    let offers = listing.offers.iter().filter(|offer| offer.variant == wanted.id);
    offers.min_by_key(|offer| (!offer.buyable, offer.price.minor))
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

async fn available(app: &App, offer: OfferId) -> Result<i64, Problem> {
    let levels = app.saga.parts().stock.levels(offer).await?;
    Ok(levels.iter().map(|there| there.level.available()).sum())
}

async fn delivery(app: &App, offer: OfferId) -> Option<Delivery> {
    let line = [BuyerLine { sku: offer, quantity: 1 }];
    let destination = Destination::country(app.shop.country);
    let quote = app.saga.quote(&line, &destination, ShippingMethod::Standard).await.ok()?;
    let cost =
        if quote.shipping.minor == 0 { "free".into() } else { format!("for {}", quote.shipping) };
    Some(Delivery { when: quote.delivery(), cost })
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

fn lay_out(app: &App, listing: &Listing, offer: Option<&Offer>, available: i64) -> View {
    let product = &listing.product;
    let mut attributes: Vec<(String, String)> = product
        .attributes
        .iter()
        .map(|(name, values)| (attribute_label(name), values.join(", ")))
        .collect();
    let more_attributes = attributes.split_off(attributes.len().min(ATTRIBUTES));
    let brand = product.brand.clone().map(|brand| Link {
        href: href("/search", &[("brand".into(), brand.clone())]),
        text: brand,
    });
    let key = offer.and_then(|offer| listing.variant(offer.variant)).map_or("", |v| &v.key);
    View {
        crumbs: crumbs(&product.category_path),
        gallery: gallery(app, listing, offer),
        title: product.title.clone(),
        brand,
        price: offer.map_or_else(String::new, |offer| price_text(offer.price)),
        stock: stock(available, offer.is_some_and(|offer| offer.buyable)),
        seller: String::new(),
        delivery: None,
        variants: variants(listing, offer),
        offer: offer.map_or_else(String::new, |offer| offer.id.to_string()),
        quantities: (1..=available.clamp(1, QUANTITIES)).collect(),
        back: href(&product_path(product.id), &[("variant".into(), key.into())]),
        added: false,
        refused: "",
        attributes,
        more_attributes,
        description: product
            .description
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(String::from)
            .collect(),
        reviews: None,
    }
}

fn variants(listing: &Listing, chosen: Option<&Offer>) -> Vec<VariantLink> {
    if listing.variants.len() < 2 {
        return Vec::new();
    }
    let path = product_path(listing.product.id);
    let link = |variant: &souk_catalog::Variant| VariantLink {
        text: if variant.title.is_empty() { variant.key.clone() } else { variant.title.clone() },
        href: href(&path, &[("variant".into(), variant.key.clone())]),
        current: chosen.is_some_and(|offer| offer.variant == variant.id),
        buyable: listing.offers.iter().any(|o| o.variant == variant.id && o.buyable),
    };
    listing.variants.iter().map(link).collect()
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
