//! What the handlers are given.

use axum::extract::FromRef;
use souk_webkit::{Readiness, Sessions};
use std::ops::Deref;
use std::sync::Arc;

/// The services behind this door, one field per context.
pub struct Services {
    /// Accounts.
    pub accounts: Arc<souk_accounts::Service>,
    /// What opens sessions.
    pub sessions: Arc<Sessions>,
    /// What is sold.
    pub catalog: Arc<souk_catalog::CatalogService>,
    /// Finding it.
    pub search: souk_search::Search,
    /// Carts.
    pub carts: souk_cart::CartService,
    /// Wishlists and alerts.
    pub lists: souk_lists::ListService,
    /// What shoppers looked at, and what goes with what.
    pub insights: souk_insights::InsightsService,
    /// What shoppers say of products.
    pub reviews: souk_reviews::Service,
    /// The purchase.
    pub saga: souk_orders::Saga,
    /// Parcels and returns.
    pub parcels: souk_fulfillment::FulfillmentService,
    /// Which mails somebody declined.
    pub preferences: Arc<dyn souk_notifications::Preferences>,
    /// Invoices and credit notes.
    pub invoices: souk_invoices::InvoiceService,
    /// Ways to pay that shoppers keep.
    pub methods: souk_payments::SavedMethodService,
    /// Whether this is a sandbox: shoppers may then give themselves money back, to try it.
    pub sandbox: bool,
    /// Whether the engines are there.
    pub readiness: Arc<dyn Readiness>,
}

/// The state of the router: cloned for each request, so one counter up.
#[derive(Clone)]
pub struct ApiState(Arc<Services>);

impl ApiState {
    /// Shares the services with every request.
    #[must_use]
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

impl Deref for ApiState {
    type Target = Services;
    fn deref(&self) -> &Services {
        &self.0
    }
}

impl FromRef<ApiState> for Arc<Sessions> {
    fn from_ref(state: &ApiState) -> Self {
        Self::clone(&state.sessions)
    }
}
