//! From the catalogue to the shelves and the search index.

use crate::wiring::Shop;
use souk_catalog::Shelf;
use souk_inventory::rules::spread;
use souk_inventory::{StockIntent, StockRefusal};
use souk_kernel::PortError;
use std::sync::Arc;

/// Products published in one piece.
const PIECE: usize = 500;

/// Receives the first stock of new offers, at most `limit`; says how many. Safe to repeat: opening a
/// level that is open changes nothing.
///
/// # Errors
/// The stores'.
pub async fn receive(shop: &Shop, limit: usize) -> Result<usize, PortError> {
    let due = shop.catalog.store().stock_due(limit).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let mut open = Vec::with_capacity(due.len());
    for d in &due {
        let shares = spread(d.quantity, shop.warehouses.len());
        let places = shop.warehouses.iter().zip(shares).enumerate();
        // What there is none of has a level all the same, in the first.
        let places = places.filter(|(place, (_, quantity))| *place == 0 || *quantity > 0);
        open.extend(places.map(|(_, (warehouse, quantity))| StockIntent::Open {
            sku: d.sku,
            warehouse: *warehouse,
            quantity,
        }));
    }
    for answer in shop.saga.parts().stock.apply(open).await {
        match answer {
            Ok(_) => {}
            Err(StockRefusal::Port(error)) => return Err(error),
            Err(other) => return Err(PortError::Corrupt(other.to_string())),
        }
    }
    let mut products: Vec<_> = due.iter().map(|d| d.product).collect();
    products.dedup();
    shop.indexer.publish(&products).await?;
    let skus: Vec<_> = due.iter().map(|d| d.sku).collect();
    shop.catalog.store().stock_received(&skus).await?;
    Ok(due.len())
}

/// Fills the search index from the catalogue, when it is new or was lost. The shop is open meanwhile.
///
/// # Errors
/// The stores'.
pub async fn rebuild_index(shop: Arc<Shop>) -> Result<(), PortError> {
    let mut after = None;
    let mut many = 0;
    loop {
        let page = shop.catalog.page(&Shelf::All, after, PIECE).await?;
        let products: Vec<_> = page.listings.iter().map(|l| l.product.id).collect();
        many += products.len();
        if !products.is_empty() {
            shop.indexer.publish(&products).await?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    shop.finish_rebuild().map_err(PortError::Unavailable)?;
    tracing::info!(products = many, "the search index is rebuilt");
    Ok(())
}
