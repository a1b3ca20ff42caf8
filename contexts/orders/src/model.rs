//! The nouns of the purchase.

use crate::OrderNumber;
use serde::{Deserialize, Serialize};
use souk_kernel::{CheckoutId, Money, OrderId, PaymentId, Timestamp, UserId, Written};
use souk_payments::BankAccount;
use souk_pricing::Quote;
use std::sync::Arc;

/// How an order stands.
///
/// ```text
/// created ─► payment_pending ─► confirmed ─► shipped ─► delivered
///    │          │      │            │
///    │          │      ▼            │
///    │          │  payment_failed   │
///    └──────────┴───► cancelled ◄───┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Written down; nothing is promised yet.
    Created,
    /// Stock is pinned, the gateway is being asked.
    PaymentPending,
    /// The gateway refused this try.
    PaymentFailed,
    /// The commit point: paid for, stock committed.
    Confirmed,
    /// Every live fulfillment has left.
    Shipped,
    /// Every live fulfillment has arrived.
    Delivered,
    /// Ended without goods.
    Cancelled,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::PaymentPending,
        Self::PaymentFailed,
        Self::Confirmed,
        Self::Shipped,
        Self::Delivered,
        Self::Cancelled,
    ];

    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::PaymentPending => "payment_pending",
            Self::PaymentFailed => "payment_failed",
            Self::Confirmed => "confirmed",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether nothing more will happen to it, returns and refunds aside.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Delivered | Self::PaymentFailed | Self::Cancelled)
    }

    /// Whether its saga still has work to do.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::PaymentPending)
    }
}

/// Who moved an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The shopper.
    Shopper,
    /// The saga that began the order.
    Saga,
    /// The recovery worker, or a gateway's message through it.
    Recovery,
    /// Somebody who runs the shop.
    Staff,
}

/// One step along the state machine: who, when, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Where to.
    pub to: OrderState,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// Why, in a stable code; empty where the state says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Where the goods go and who is told. The only personal data of an order; erasure blanks it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShipTo {
    /// Full name.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// Flat, floor, care of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City.
    pub city: String,
    /// Postal code.
    pub postal_code: String,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ISO 3166-1, two letters.
    pub country: String,
    /// Where mail about the order goes.
    pub email: String,
    /// Whom invoices are made out to, if it is somebody else or elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_to: Option<BillTo>,
}

impl ShipTo {
    /// For paper.
    #[must_use]
    pub fn written(&self) -> Written<'_> {
        Written {
            name: &self.name,
            line1: &self.line1,
            line2: self.line2.as_deref(),
            postal_code: &self.postal_code,
            city: &self.city,
            region: self.region.as_deref(),
            country: &self.country,
        }
    }
}

/// Whom invoices are made out to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BillTo {
    /// Full name.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// Flat, floor, care of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City.
    pub city: String,
    /// Postal code.
    pub postal_code: String,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ISO 3166-1, two letters.
    pub country: String,
}

impl BillTo {
    /// For paper.
    #[must_use]
    pub fn written(&self) -> Written<'_> {
        Written {
            name: &self.name,
            line1: &self.line1,
            line2: self.line2.as_deref(),
            postal_code: &self.postal_code,
            city: &self.city,
            region: self.region.as_deref(),
            country: &self.country,
        }
    }
}

/// Who works on an open order, and until when nobody else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The process; 0: nobody, the order waits for the shopper or for its time.
    pub owner: u64,
    /// When the recovery worker may take it over.
    pub until: Timestamp,
}

/// What the one who placed the order is told; the first one is repeated under the same key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Answer {
    /// It exists, is paid for, and has its stock.
    Confirmed,
    /// The gateway refused; another try is possible.
    Declined {
        /// Its code.
        reason: String,
    },
    /// The shopper must act.
    RequiresAction {
        /// Where.
        url: String,
    },
    /// The shopper must send the money.
    AwaitingTransfer {
        /// Where to.
        account: BankAccount,
        /// What to write on the transfer.
        reference: String,
        /// A page of the gateway about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// The gateway has not answered; it will end confirmed or refused, once.
    Pending,
    /// Ended without goods or money.
    Cancelled {
        /// Why.
        reason: String,
    },
}

/// One try to pay frozen content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Whose.
    pub user: UserId,
    /// Of which checkout: holds belong to that.
    pub checkout: CheckoutId,
    /// Its payment.
    pub payment: PaymentId,
    /// How it stands.
    pub state: OrderState,
    /// Grows with each write; every write is conditional on it.
    pub version: u64,
    /// Who works on it, while it is open.
    pub lease: Option<Lease>,
    /// What was bought, for how much: frozen.
    pub quote: Arc<Quote>,
    /// Where to; blank after erasure.
    pub ship_to: Option<Arc<ShipTo>>,
    /// The cart version that it claimed, when it came from a cart.
    pub cart_version: Option<u64>,
    /// When the stock that it holds may be given back.
    pub deadline: Timestamp,
    /// The answer first given.
    pub answer: Option<Answer>,
    /// Every step, oldest first.
    pub moves: Vec<Move>,
    /// When it was written down.
    pub created_at: Timestamp,
}

impl Order {
    /// What is charged.
    #[must_use]
    pub fn total(&self) -> Money {
        self.quote.total
    }

    /// Its number, for people.
    #[must_use]
    pub fn number(&self) -> OrderNumber {
        OrderNumber::of(self.id)
    }
}

/// A row of a shopper's list of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// How it stands.
    pub state: OrderState,
    /// What was charged.
    pub total: Money,
    /// When.
    pub created_at: Timestamp,
}

/// Frozen content on its way to being bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutRecord {
    /// Its id.
    pub id: CheckoutId,
    /// Whose.
    pub user: UserId,
    /// The cart's version when it was frozen; `None` for Buy Now.
    pub cart_version: Option<u64>,
    /// What will be charged, exactly.
    pub quote: Arc<Quote>,
    /// Where to.
    pub ship_to: Arc<ShipTo>,
    /// Until when the stock is held.
    pub deadline: Timestamp,
    /// When it started.
    pub created_at: Timestamp,
}

/// The facts that this room publishes, by their stable names. Their body is [`OrderEvent::body`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderEvent {
    /// The commit point was passed.
    Confirmed,
    /// A try to pay was refused.
    PaymentFailed,
    /// The shopper must act.
    ActionRequired,
    /// Money is still missing: a part of a transfer came, or its deadline is near.
    PaymentDue,
    /// Money that came when nobody waited for it goes back to where it came from.
    TransferReturned,
    /// It ended without goods; money held or taken goes back.
    Cancelled,
}

impl OrderEvent {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Confirmed,
        Self::PaymentFailed,
        Self::ActionRequired,
        Self::PaymentDue,
        Self::TransferReturned,
        Self::Cancelled,
    ];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "order.confirmed",
            Self::PaymentFailed => "order.payment_failed",
            Self::ActionRequired => "order.action_required",
            Self::PaymentDue => "order.payment_due",
            Self::TransferReturned => "order.transfer_returned",
            Self::Cancelled => "order.cancelled",
        }
    }

    /// The kind of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The body of a fact about an order: ids only.
    #[must_use]
    pub fn body(order: &Order) -> String {
        format!(r#"{{"order":"{}","user":"{}"}}"#, order.id, order.user)
    }
}
