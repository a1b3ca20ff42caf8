//! The sellers' door, wired.

use crate::config::{Config, Demo};
use crate::wiring::{Following, Shop};
use axum::Router;
use souk_catalog::{Pictures, demo};
use souk_seller::{Badge, SellerDoor, SellerShop, Warehouse, router};
use souk_sellers::ProductService;
use souk_webkit::{Origins, page_headers};
use std::sync::Arc;

/// Every page of sellers.
///
/// # Errors
/// In words for whoever starts the shop.
pub fn door(
    config: &Config,
    shop: &Arc<Shop>,
    pictures: Arc<dyn Pictures>,
) -> Result<Router, String> {
    let (cookies, sandbox) = (config.cookies(), config.is_sandbox());
    // The one-click sign-in opens a seller that the whole demo brings.
    let whole = sandbox && config.demo() == Demo::All;
    let demo = demo::sellers().into_iter().next().filter(|_| whole).map(|seller| seller.id);
    let named = |(id, name)| Warehouse { id, name };
    let (catalog, clock) = (Arc::clone(&shop.catalog), Arc::clone(&shop.clock));
    Ok(router(SellerDoor {
        shop: SellerShop { name: config.name.clone(), sandbox, currency: shop.currency, demo },
        sellers: Arc::clone(&shop.market.sellers),
        books: shop.market.books.clone(),
        products: ProductService::new(catalog, clock, shop.mint.clone(), shop.currency),
        catalog: Arc::clone(&shop.catalog),
        parcels: shop.fulfillment.clone(),
        orders: Arc::clone(&shop.saga.parts().orders),
        stock: Arc::clone(&shop.saga.parts().stock),
        warehouses: shop.named_warehouses().into_iter().map(named).collect(),
        pictures: Some(pictures),
        follow: Arc::new(Following {
            books: Arc::clone(&shop.market.bookkeeper),
            indexer: Arc::clone(&shop.indexer),
        }),
        badge: Badge(cookies),
        gate: Arc::clone(&shop.sessions.gate),
        clock: Arc::clone(&shop.clock),
        headers: page_headers(&Origins::default(), cookies).map_err(|e| format!("{e:?}"))?,
    }))
}
