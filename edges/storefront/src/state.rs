//! What the pages are given.

use crate::menu::Menu;
use crate::rows::{Beside, Kept, Row};
use crate::sitemap::Stretches;
use async_trait::async_trait;
use axum::extract::FromRef;
use axum::http::{HeaderName, HeaderValue};
use souk_accounts::Service as Accounts;
use souk_cart::CartService;
use souk_catalog::{CatalogService, Pictures};
use souk_fulfillment::FulfillmentService;
use souk_invoices::InvoiceService;
use souk_kernel::{Clock, Currency, Entropy, Money, PortError, Timestamp};
use souk_notifications::{Mailbox, Messages, Preferences};
use souk_orders::Saga;
use souk_orders::rules::link::OrderLinks;
use souk_payments::SavedMethodService;
use souk_pricing::Country;
use souk_search::Search;
use souk_webkit::Sessions;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// How long a shopper waits for the end of a purchase before a page says that it is being confirmed.
/// The purchase itself goes on.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Opens the gateway's card sheet: a page on the gateway's own origin where the shopper pays.
#[async_trait]
pub trait CardSheets: Send + Sync {
    /// The address of a fresh sheet for this amount. When the shopper is through, the gateway sends
    /// them to `return_url` with the query parameter `payment_token` added. `reference` and
    /// `merchant` are shown. With `keep` the sheet offers to keep the card for next time.
    ///
    /// # Errors
    /// The gateway is away or refuses.
    async fn open(
        &self,
        amount: Money,
        return_url: &str,
        reference: &str,
        merchant: &str,
        keep: bool,
    ) -> Result<String, PortError>;
}

/// The shop as its pages name it.
#[derive(Debug, Clone)]
pub struct ShopFront {
    /// Its name.
    pub name: String,
    /// Where its pages are, without a slash at the end: `http://127.0.0.1:8080`.
    pub base_url: String,
    /// Where parcels are taken to go until the shopper says.
    pub country: Country,
    /// What price filters are typed in.
    pub currency: Currency,
    /// Whether it is a sandbox: said on every page.
    pub sandbox: bool,
    /// Whether somebody takes money here: without a gateway nothing can be ordered, and pages say so.
    pub pays: bool,
}

/// The services behind the pages. Clones share them.
#[derive(Clone)]
pub struct StorefrontState {
    /// The shop.
    pub shop: ShopFront,
    /// The purchase; its parts answer what pages ask of stock and payments.
    pub saga: Saga,
    /// What is sold.
    pub catalog: Arc<CatalogService>,
    /// Finding it.
    pub search: Search,
    /// Carts.
    pub carts: CartService,
    /// Wishlists and alerts.
    pub lists: souk_lists::ListService,
    /// What shoppers looked at, and what goes with what.
    pub insights: souk_insights::InsightsService,
    /// What shoppers say of products.
    pub reviews: souk_reviews::Service,
    /// Who asks, and the accounts behind it.
    pub sessions: Arc<Sessions>,
    /// What opens orders to whoever has their mails.
    pub links: OrderLinks,
    /// Every mail sent, shown to everybody: for sandboxes only.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// Those mails as they travel.
    pub messages: Messages,
    /// Which mails somebody declined.
    pub preferences: Arc<dyn Preferences>,
    /// Parcels and returns.
    pub parcels: FulfillmentService,
    /// Invoices and credit notes.
    pub invoices: InvoiceService,
    /// Ways to pay that shoppers keep.
    pub methods: SavedMethodService,
    /// The gateway's card sheet.
    pub sheets: Arc<dyn CardSheets>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for the keys of forms.
    pub entropy: Arc<dyn Entropy>,
    /// The headers of every page: [`souk_webkit::page_headers`], with the gateway's origin among
    /// `form_action`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Pictures in several widths; without it every picture is its drawing.
    pub pictures: Option<Arc<dyn Pictures>>,
    /// [`PATIENCE`], or another one in tests.
    pub patience: Duration,
}

/// The state of the router: cloned for each request, so one counter up.
#[derive(Clone)]
pub(crate) struct App(Arc<Inside>);

struct Inside {
    state: StorefrontState,
    menu: Menu,
    stretches: Stretches,
    beside: Kept<Beside>,
    home: Kept<Vec<Row>>,
}

impl App {
    pub fn new(state: StorefrontState) -> Self {
        Self(Arc::new(Inside {
            state,
            menu: Menu::default(),
            stretches: Stretches::default(),
            beside: Kept::default(),
            home: Kept::default(),
        }))
    }

    /// Where the files of the sitemap begin.
    pub fn stretches(&self) -> &Stretches {
        &self.0.stretches
    }

    /// The departments in the header.
    pub fn menu(&self) -> &Menu {
        &self.0.menu
    }

    /// What stands beside products, as it was made last.
    pub fn beside(&self) -> &Kept<Beside> {
        &self.0.beside
    }

    /// The rows of the home page, as they were made last.
    pub fn home(&self) -> &Kept<Vec<Row>> {
        &self.0.home
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn accounts(&self) -> &Accounts {
        &self.sessions.accounts
    }

    /// A key that nobody used before, for a form's hidden field.
    pub fn fresh_key(&self) -> String {
        souk_kernel::to_hex(&self.entropy.token())
    }
}

impl Deref for App {
    type Target = StorefrontState;
    fn deref(&self) -> &StorefrontState {
        &self.0.state
    }
}

impl FromRef<App> for Arc<Sessions> {
    fn from_ref(app: &App) -> Self {
        Self::clone(&app.sessions)
    }
}
