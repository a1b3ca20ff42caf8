//! What the pages are given.

use crate::guard::Badge;
use async_trait::async_trait;
use axum::http::{HeaderName, HeaderValue};
use souk_catalog::{CatalogService, Pictures};
use souk_fulfillment::FulfillmentService;
use souk_inventory::Stock;
use souk_kernel::{Clock, Currency, OrderId, PortError, ProductId, SellerId, WarehouseId};
use souk_orders::Orders;
use souk_sellers::{BookService, ProductService, SellerService};
use souk_webkit::Gate;
use std::ops::Deref;
use std::sync::Arc;

/// The shop as sellers see it.
#[derive(Debug, Clone)]
pub struct SellerShop {
    /// Its name.
    pub name: String,
    /// Whether it is a sandbox: said on every page, and only then there is a demo sign-in.
    pub sandbox: bool,
    /// What its prices are in.
    pub currency: Currency,
    /// The seller that the demo sign-in opens; none where the shop has no demo.
    pub demo: Option<SellerId>,
}

/// Where a seller's stock can lie.
#[derive(Debug, Clone)]
pub struct Warehouse {
    /// Its id.
    pub id: WarehouseId,
    /// What people call it.
    pub name: String,
}

/// Lets derived data follow what a seller did, where no fact tells of it.
#[async_trait]
pub trait Follow: Send + Sync {
    /// Computes the lists' rows of these orders anew.
    ///
    /// # Errors
    /// The stores'.
    async fn orders(&self, orders: &[OrderId]) -> Result<(), PortError>;

    /// Tells search of these products, as they stand now.
    ///
    /// # Errors
    /// The stores'.
    async fn publish(&self, products: &[ProductId]) -> Result<(), PortError>;
}

/// The services behind the pages. Clones share them.
#[derive(Clone)]
pub struct SellerDoor {
    /// The shop.
    pub shop: SellerShop,
    /// Who sells.
    pub sellers: Arc<SellerService>,
    /// Their money and their lists of orders.
    pub books: BookService,
    /// Their products.
    pub products: ProductService,
    /// Everybody's, for names and categories.
    pub catalog: Arc<CatalogService>,
    /// What they sent, and what comes back.
    pub parcels: FulfillmentService,
    /// What was bought.
    pub orders: Arc<dyn Orders>,
    /// How many are left.
    pub stock: Arc<dyn Stock>,
    /// Where it lies, the main one first.
    pub warehouses: Vec<Warehouse>,
    /// Who keeps pictures that sellers upload.
    pub pictures: Option<Arc<dyn Pictures>>,
    /// After changes that no fact tells of.
    pub follow: Arc<dyn Follow>,
    /// The cookie of members.
    pub badge: Badge,
    /// Limits and measures of the process.
    pub gate: Arc<Gate>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The headers of every page.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// The state of the router: cloned for each request, so one counter up.
#[derive(Clone)]
pub(crate) struct App(Arc<SellerDoor>);

impl App {
    pub fn new(state: SellerDoor) -> Self {
        Self(Arc::new(state))
    }

    /// A warehouse's name; its id where it is none of the shop's present ones.
    pub fn warehouse(&self, id: WarehouseId) -> String {
        let known = self.warehouses.iter().find(|warehouse| warehouse.id == id);
        known.map_or_else(|| id.to_string(), |warehouse| warehouse.name.clone())
    }
}

impl Deref for App {
    type Target = SellerDoor;
    fn deref(&self) -> &SellerDoor {
        &self.0
    }
}
