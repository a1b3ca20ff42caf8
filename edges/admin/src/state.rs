//! What the pages are given.

use crate::guard::Badge;
use async_trait::async_trait;
use axum::http::{HeaderName, HeaderValue};
use souk_accounts::Service as Accounts;
use souk_catalog::CatalogService;
use souk_fulfillment::FulfillmentService;
use souk_kernel::{
    Clock, Currency, Entropy, OrderId, Outbox, PortError, Sku, Timestamp, WarehouseId,
};
use souk_notifications::Mailbox;
use souk_orders::Saga;
use souk_payments::Inbox;
use souk_search::{Search, Words};
use souk_sellers::{BookService, SellerService};
use souk_staff::{Desk, Service as Staff};
use souk_webkit::Gate;
use std::ops::Deref;
use std::sync::Arc;

/// The shop as staff see it.
#[derive(Debug, Clone)]
pub struct AdminShop {
    /// Its name.
    pub name: String,
    /// Whether it is a sandbox: said on every page, and only then there are demonstrations.
    pub sandbox: bool,
    /// Its address, without a slash at its end.
    pub base_url: String,
    /// What its figures are in.
    pub currency: Currency,
    /// Where stock lies, with names for people.
    pub warehouses: Vec<(WarehouseId, String)>,
}

/// A line of a gateway's own books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// When, by the gateway's clock.
    pub at: Timestamp,
    /// What: `authorize`, `capture`.
    pub what: String,
    /// More of it.
    pub detail: String,
}

/// A gateway that lets us read what it wrote down.
#[async_trait]
pub trait GatewayBooks: Send + Sync {
    /// Its lines about one of our references.
    ///
    /// # Errors
    /// The books can't be read.
    async fn lines(&self, reference: &str) -> Result<Vec<Exchange>, PortError>;
}

/// One sign of life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vital {
    /// Of what.
    pub name: String,
    /// What it says.
    pub says: String,
    /// Whether that is well.
    pub well: bool,
}

/// How the process and its engines are.
#[async_trait]
pub trait Vitals: Send + Sync {
    /// Every sign of life; what can't be reached is one that is not well.
    async fn signs(&self) -> Vec<Vital>;
}

/// How a shopper's run for the last piece ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ran {
    /// Bought it.
    Won {
        /// The order.
        order: OrderId,
        /// Its number.
        number: String,
    },
    /// Was told that it is sold out.
    SoldOut,
    /// Anything else, in words.
    Other(String),
}

/// One shopper of a race.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// How it ended.
    pub ran: Ran,
    /// How long the shopper waited for the answer, in microseconds.
    pub took_us: u64,
}

/// Runs races for the last piece against the live shop.
#[async_trait]
pub trait Race: Send + Sync {
    /// The product of races, on a shelf of its own; made when it is missing.
    ///
    /// # Errors
    /// The stores'.
    async fn prize(&self) -> Result<Sku, PortError>;

    /// So many shoppers buy one piece at the same moment, each by the shop's own purchase.
    ///
    /// # Errors
    /// The stores', before anybody runs.
    async fn run(&self, prize: Sku, shoppers: usize) -> Result<Vec<Runner>, PortError>;
}

/// The services behind the pages. Clones share them.
#[derive(Clone)]
pub struct AdminState {
    /// The shop.
    pub shop: AdminShop,
    /// Who runs it.
    pub staff: Arc<Staff>,
    /// Who sells.
    pub sellers: Arc<SellerService>,
    /// What is theirs.
    pub seller_books: BookService,
    /// What they look at.
    pub desk: Arc<dyn Desk>,
    /// The purchase; its parts answer what pages ask of stock and payments.
    pub saga: Saga,
    /// What is sold.
    pub catalog: Arc<CatalogService>,
    /// Finding it.
    pub search: Search,
    /// The shop's own words.
    pub words: Arc<dyn Words>,
    /// Parcels and returns.
    pub parcels: FulfillmentService,
    /// Who buys.
    pub accounts: Arc<Accounts>,
    /// What shoppers say of products.
    pub reviews: souk_reviews::Service,
    /// Facts on their way.
    pub outbox: Arc<dyn Outbox>,
    /// Gateways' messages.
    pub inbox: Arc<dyn Inbox>,
    /// Every mail.
    pub mailbox: Arc<dyn Mailbox>,
    /// The gateway's own books.
    pub books: Arc<dyn GatewayBooks>,
    /// How the process is.
    pub vitals: Arc<dyn Vitals>,
    /// Races; for sandboxes only.
    pub race: Option<Arc<dyn Race>>,
    /// Randomness for the keys of forms.
    pub entropy: Arc<dyn Entropy>,
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
pub(crate) struct App(Arc<AdminState>);

impl App {
    pub fn new(state: AdminState) -> Self {
        Self(Arc::new(state))
    }

    /// The name of a warehouse; its id when nobody gave it one.
    pub fn warehouse(&self, id: WarehouseId) -> String {
        let named = self.shop.warehouses.iter().find(|(known, _)| *known == id);
        named.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    }

    /// A key that nobody used before, for a form's hidden field.
    pub fn fresh_key(&self) -> String {
        souk_kernel::to_hex(&self.entropy.token())
    }
}

impl Deref for App {
    type Target = AdminState;
    fn deref(&self) -> &AdminState {
        &self.0
    }
}
