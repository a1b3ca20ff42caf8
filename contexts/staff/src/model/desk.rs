//! The nouns of what staff look at: searches for orders, traces, figures.

use souk_kernel::{OrderId, Sku, Timestamp};
use souk_orders::OrderState;

/// Which orders somebody looks for; the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindOrders {
    /// Only this one or theirs.
    pub sought: Option<Sought>,
    /// Only in this state.
    pub state: Option<OrderState>,
    /// Only before this one.
    pub before: Option<OrderId>,
    /// At most so many.
    pub limit: usize,
}

/// What somebody typed to find an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// The key of an order's number or id.
    Key(i64),
    /// The email address of an account, or of an order's address: of those, the newest
    /// [`EMAIL_REACH`] orders are looked through.
    Email(String),
}

/// How many orders back an address without an account is looked for.
pub const EMAIL_REACH: usize = 20_000;

/// Where something of an order's life was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A claim of an idempotency key: an intent of the shopper's.
    Claim,
    /// A move of the order.
    Order,
    /// A line of the stock ledger.
    Stock,
    /// The payment, and lines of the money ledger.
    Money,
    /// What the gateway wrote down, or told us.
    Gateway,
    /// A fact that still waits for a consumer.
    Fact,
    /// A mail.
    Mail,
    /// Something that a member did.
    Audit,
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Where it was written.
    pub source: Source,
    /// What, in few words.
    pub what: String,
    /// More of it.
    pub detail: String,
}

/// Orders of one hour that are in one state now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// The hour's first millisecond.
    pub since: Timestamp,
    /// Their state.
    pub state: OrderState,
    /// How many.
    pub orders: u64,
    /// Their totals, in minor units of the shop's currency.
    pub minor: i64,
}

/// How the shop is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Orders by hour and state, since the moment asked for.
    pub hours: Vec<Hour>,
    /// Checkouts that hold stock and are not being paid.
    pub holding: u64,
    /// Orders that are being paid.
    pub paying: u64,
}

/// A SKU of which few are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Low {
    /// Which.
    pub sku: Sku,
    /// How many can be promised, over all warehouses.
    pub available: i64,
}
