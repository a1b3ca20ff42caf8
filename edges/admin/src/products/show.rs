//! `GET /admin/products/{product}`: everything of a product, what is wrong about its offers, and the form
//! that changes it.

use super::typed;
use crate::form::Query;
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{When, money, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_catalog::{Attributes, HOUSE_SELLER, Listing, Offer};
use souk_inventory::{Level, WarehouseLevel};
use souk_kernel::ProductId;
use souk_staff::Permission;
use souk_webkit::Problem;

#[derive(Serialize)]
struct View {
    id: String,
    version: u64,
    title: String,
    description: String,
    brand: String,
    category: String,
    attributes: String,
    image: String,
    source: String,
    created: When,
    changed: When,
    offers: Vec<Row>,
    stars: String,
    hidden: bool,
    may_change: bool,
    done: &'static str,
    key: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    version: u64,
    variant: String,
    seller: String,
    price: String,
    amount: String,
    currency: &'static str,
    buyable: bool,
    available: i64,
    wrong: Vec<&'static str>,
}

/// Attributes, a line each, values apart by bars.
fn lines(attributes: &Attributes) -> String {
    let line = |(name, values): (&String, &Vec<String>)| format!("{name}: {}", values.join(" | "));
    attributes.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What keeps an offer from being bought or found, for whoever can mend it.
fn wrong(listing: &Listing, offer: &Offer, (closed, available): (bool, i64)) -> Vec<&'static str> {
    let product = &listing.product;
    let found = [
        (product.hidden, "Hidden: shoppers don't see it."),
        (closed, "Its seller is not active: nobody can buy it, whatever stands here."),
        (!offer.buyable, "Switched off: nobody can buy it."),
        (offer.price.minor == 0, "It has no price."),
        (available == 0, "Nothing is left."),
        (product.category_path.is_empty(), "It stands in no category."),
        (product.images.is_empty(), "It has no photo: shoppers see a drawing."),
        (product.description.is_empty(), "It has no description."),
        (
            offer.weight_g == 0,
            "Its weight is not known: shipping is a guess, express is not offered.",
        ),
    ];
    found.into_iter().filter(|(is, _)| *is).map(|(_, says)| says).collect()
}

pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("There is no such product.");
    let id: ProductId = id.parse().map_err(|_| missing())?;
    let listing = app.catalog.stored(id).await?.ok_or_else(missing)?;
    let product = &listing.product;
    let now = app.clock.now();
    let said = app.reviews.summary(id).await?;
    let tenths = said.mean_tenths();
    let external = product.external.as_ref();
    let view = View {
        id: id.to_string(),
        version: product.version,
        title: product.title.clone(),
        description: product.description.clone(),
        brand: product.brand.clone().unwrap_or_default(),
        category: typed(&product.category_path),
        attributes: lines(&product.attributes),
        image: product.images.first().cloned().unwrap_or_default(),
        source: external.map_or_else(String::new, |e| format!("{}: {}", e.source, e.id)),
        created: when(product.created_at, now),
        changed: when(product.updated_at, now),
        offers: rows(&app, &listing).await?,
        stars: match said.count() {
            0 => String::new(),
            1 => format!("{}.{} of 5, 1 review", tenths / 10, tenths % 10),
            many => format!("{}.{} of 5, {many} reviews", tenths / 10, tenths % 10),
        },
        may_change: me.may(Permission::ChangeProducts),
        hidden: product.hidden,
        done: match fields.get("done") {
            "" => "",
            "hidden" => "Shoppers don't see it from now on.",
            "published" => "Published: shoppers find it within moments.",
            _ => "Saved; search and pages follow.",
        },
        key: app.fresh_key(),
    };
    let head = Head::of("/admin/products", view.title.clone());
    render::page(&app, &me, ("product.html", &head), &view)
}

async fn rows(app: &App, listing: &Listing) -> Result<Vec<Row>, Problem> {
    let skus: Vec<_> = listing.offers.iter().map(|offer| offer.id).collect();
    let levels = app.saga.parts().stock.levels_of(&skus).await?;
    let ids: Vec<_> = listing.offers.iter().map(|offer| offer.seller).collect();
    let sellers = app.catalog.sellers(&ids).await?;
    let row = |((offer, levels), seller): ((&Offer, &Vec<WarehouseLevel>), _)| {
        let available = levels.iter().map(|at| Level::available(&at.level)).sum();
        let house = if offer.seller == HOUSE_SELLER { "the shop" } else { "unknown" };
        let named: Option<souk_catalog::Seller> = seller;
        Row {
            id: offer.id.to_string(),
            version: offer.version,
            variant: listing.variant(offer.variant).map(|v| v.title.clone()).unwrap_or_default(),
            seller: named.map_or_else(|| house.to_owned(), |seller| seller.name),
            price: money(offer.price),
            amount: offer.price.decimal(),
            currency: offer.price.currency.code(),
            buyable: offer.buyable,
            available,
            wrong: wrong(listing, offer, (app.catalog.is_closed(offer.seller), available)),
        }
    };
    Ok(listing.offers.iter().zip(&levels).zip(sellers).map(row).collect())
}
