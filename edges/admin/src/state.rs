//! What the pages are given.

use crate::guard::Badge;
use axum::http::{HeaderName, HeaderValue};
use souk_kernel::Clock;
use souk_staff::Service as Staff;
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
}

/// The services behind the pages. Clones share them.
#[derive(Clone)]
pub struct AdminState {
    /// The shop.
    pub shop: AdminShop,
    /// Who runs it.
    pub staff: Arc<Staff>,
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
}

impl Deref for App {
    type Target = AdminState;
    fn deref(&self) -> &AdminState {
        &self.0
    }
}
