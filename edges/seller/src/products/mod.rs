//! A seller's products: listed with what is to be fixed, written, stocked, pictured.

mod edit;
mod list;
mod pictures;
mod shelves;
mod shown;
mod typed;

pub(crate) use edit::{blank, create, edit, save};
pub(crate) use list::{list, looked_at};
pub(crate) use pictures::{UPLOAD_LIMIT, change as change_pictures, pictures, upload};
pub(crate) use shelves::{count, shelves};
pub(crate) use shown::show_or_hide;

use crate::guard::Me;
use crate::state::App;
use souk_catalog::{Listing, Offer};
use souk_inventory::WarehouseLevel;
use souk_kernel::{ProductId, Sku};
use souk_sellers::rules::offers::judge;
use souk_sellers::{Health, ProductError};
use souk_webkit::Problem;

/// One of a seller's offers, with what lies on the shelves and how it stands.
pub(crate) struct Judged {
    pub offer: Offer,
    /// The variant's title; empty for the only one.
    pub variant: String,
    pub available: i64,
    pub levels: Vec<WarehouseLevel>,
    pub health: Health,
}

/// A seller's own offers of products, judged: one question of the stock, however many.
async fn judged(app: &App, me: &Me, listings: &[Listing]) -> Result<Vec<Vec<Judged>>, Problem> {
    let own = |listing: &Listing| -> Vec<Offer> {
        listing.offers.iter().filter(|offer| offer.seller == me.seller()).cloned().collect()
    };
    let offers: Vec<Vec<Offer>> = listings.iter().map(own).collect();
    let skus: Vec<Sku> = offers.iter().flatten().map(|offer| offer.id).collect();
    let mut levels = app.stock.levels_of(&skus).await?.into_iter();
    let mut all = Vec::with_capacity(listings.len());
    for (listing, offers) in listings.iter().zip(offers) {
        let mut judged = Vec::with_capacity(offers.len());
        for offer in offers {
            let levels = levels.next().unwrap_or_default();
            let available = levels.iter().map(|level| level.level.available()).sum();
            let health = judge(&listing.product, &offer, available, me.account.state);
            let variant = listing.variant(offer.variant).map_or("", |variant| &variant.title);
            judged.push(Judged { variant: variant.to_owned(), offer, available, levels, health });
        }
        all.push(judged);
    }
    Ok(all)
}

fn missing() -> Problem {
    Problem::not_found("There is no such product of yours.")
}

/// One of the seller's own products, and whether the seller may write the product itself.
async fn own(app: &App, me: &Me, product: &str) -> Result<(Listing, bool), Problem> {
    let id: ProductId = product.parse().map_err(|_| missing())?;
    match app.products.find(me.seller(), id).await {
        Ok(found) => Ok(found),
        Err(ProductError::NotFound) => Err(missing()),
        Err(other) => Err(other.into()),
    }
}
