//! The first start: a small catalogue, so that there is something to buy.

use crate::supply;
use crate::wiring::Shop;
use souk_catalog::{Shelf, demo};
use souk_kernel::PortError;

/// Fills an empty shop; changes nothing in one that has products.
///
/// # Errors
/// The stores'.
pub async fn fill(shop: &Shop) -> Result<(), String> {
    stock(shop).await.map_err(|e| format!("filling the shop: {e}"))
}

async fn stock(shop: &Shop) -> Result<(), PortError> {
    if shop.catalog.count().await? > 0 {
        return Ok(());
    }
    shop.catalog.open_house(&shop.name).await?;
    let listings = demo::listings(&shop.mint, shop.currency, shop.clock.now());
    let many = listings.len();
    for answer in shop.catalog.put(listings, None).await? {
        if let Err(refused) = answer {
            return Err(PortError::Corrupt(refused.to_string()));
        }
    }
    while supply::receive(shop, 1_000).await? > 0 {}
    let page = shop.catalog.page(&Shelf::All, None, 1_000).await?;
    let products: Vec<_> = page.listings.iter().map(|l| l.product.id).collect();
    shop.indexer.publish(&products).await?;
    tracing::info!(products = many, "the demo catalogue is on the shelves");
    Ok(())
}
