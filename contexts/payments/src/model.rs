//! The nouns of money.

mod inbox;
mod saved;

pub use inbox::{Backlog, Message, MessageNo, Outcome, Waiting, Worked};
pub use saved::{CardFace, Kept, SavedMethod};

use serde::{Deserialize, Serialize};
use souk_kernel::{Money, OrderId, PaymentId, RefundId, Timestamp, UserId};

/// How a shopper pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A card, answered within seconds.
    Card,
    /// A wallet: confirmed in another app.
    Wallet,
    /// A bank transfer: money comes within days.
    BankTransfer,
}

impl Method {
    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Wallet => "wallet",
            Self::BankTransfer => "bank_transfer",
        }
    }

    /// The method of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Card, Self::Wallet, Self::BankTransfer].into_iter().find(|m| m.name() == name)
    }
}

/// Where a transfer is sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    /// Whose account it is.
    pub holder: String,
    /// Its number, without spaces.
    pub iban: String,
    /// Its bank.
    pub bic: String,
}

/// How a payment stands. The `…ing` states are recorded before the gateway is asked.
///
/// ```text
/// authorizing ─► authorized ─► capturing ─► captured
///      │  │ ╲        │             │
///      │  │  ╲       ▼             ▼ (the gateway refused: authorized again)
///      │  │   ╲─► voiding ─► voided
///      │  ▼       ▲
///      │ requires_action ─► authorized | declined
///      ▼
///   declined
/// ```
/// A bank transfer has no authorization: what comes is taken at once.
/// ```text
/// authorizing ─► awaiting_transfer ─► captured
///                      │                 ▲ (it came while the gateway was asked to let it go)
///                      ▼                 │
///                   voiding ─────────────┴─► voided
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// The gateway is being asked to hold the money.
    Authorizing,
    /// The shopper must act (3-D Secure, a bank's page).
    RequiresAction,
    /// The shopper has the bank's details; their money has yet to come.
    AwaitingTransfer,
    /// The money is held.
    Authorized,
    /// The gateway refused.
    Declined,
    /// The gateway is being asked to let the money go.
    Voiding,
    /// The money was let go.
    Voided,
    /// The gateway is being asked to take the money.
    Capturing,
    /// The money was taken.
    Captured,
}

impl PaymentState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Authorizing,
        Self::RequiresAction,
        Self::AwaitingTransfer,
        Self::Authorized,
        Self::Declined,
        Self::Voiding,
        Self::Voided,
        Self::Capturing,
        Self::Captured,
    ];

    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorizing => "authorizing",
            Self::RequiresAction => "requires_action",
            Self::AwaitingTransfer => "awaiting_transfer",
            Self::Authorized => "authorized",
            Self::Declined => "declined",
            Self::Voiding => "voiding",
            Self::Voided => "voided",
            Self::Capturing => "capturing",
            Self::Captured => "captured",
        }
    }

    /// The state of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// One order's payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The order it pays: one payment an order, one order a try.
    pub order: OrderId,
    /// Who pays.
    pub user: UserId,
    /// What is to be paid.
    pub amount: Money,
    /// How.
    pub method: Method,
    /// How it stands.
    pub state: PaymentState,
    /// Which gateway: `sandbox`, `stripe`.
    pub gateway: String,
    /// The gateway's own name for it, once known.
    pub gateway_ref: Option<String>,
    /// The gateway's token for the card or account.
    pub token: String,
    /// Minor units that came by bank transfer while they were waited for.
    pub received: i64,
    /// Minor units taken.
    pub captured: i64,
    /// Minor units given back, confirmed by the gateway.
    pub refunded: i64,
    /// Minor units set aside for refunds under way.
    pub refunding: i64,
    /// Where the shopper must act, while they must.
    pub action_url: Option<String>,
    /// Where a transfer goes, once the gateway has said so.
    pub account: Option<BankAccount>,
    /// Why it was declined or voided.
    pub reason: Option<String>,
    /// When the attempt began.
    pub created_at: Timestamp,
    /// When the money was taken.
    pub captured_at: Option<Timestamp>,
}

impl Payment {
    /// Whether its goods are kept for money that a transfer has yet to bring.
    #[must_use]
    pub const fn waits_for_transfer(&self) -> bool {
        matches!(self.method, Method::BankTransfer)
            && matches!(self.state, PaymentState::Authorizing | PaymentState::AwaitingTransfer)
    }

    /// Our name for it at the gateway, and the idempotency key of its authorization.
    #[must_use]
    pub fn reference(&self) -> String {
        reference(self.order)
    }
}

/// An order's name at the gateway: `order_{order_id}`.
#[must_use]
pub fn reference(order: OrderId) -> String {
    format!("order_{order}")
}

/// The order of a name at the gateway; `None`: it is none of ours.
#[must_use]
pub fn order_of(reference: &str) -> Option<OrderId> {
    reference.strip_prefix("order_")?.parse().ok()
}

/// A try to pay an order, recorded as `authorizing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartAttempt {
    /// The payment's id.
    pub id: PaymentId,
    /// The order.
    pub order: OrderId,
    /// Who pays.
    pub user: UserId,
    /// How much.
    pub amount: Money,
    /// How.
    pub method: Method,
    /// Which gateway.
    pub gateway: &'static str,
    /// The gateway's token.
    pub token: String,
    /// When.
    pub at: Timestamp,
}

impl StartAttempt {
    /// The payment as it starts.
    #[must_use]
    pub fn payment(&self) -> Payment {
        Payment {
            id: self.id,
            order: self.order,
            user: self.user,
            amount: self.amount,
            method: self.method,
            state: PaymentState::Authorizing,
            gateway: self.gateway.into(),
            gateway_ref: None,
            token: self.token.clone(),
            received: 0,
            captured: 0,
            refunded: 0,
            refunding: 0,
            action_url: None,
            account: None,
            reason: None,
            created_at: self.at,
            captured_at: None,
        }
    }
}

/// How a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The amount is set aside; the gateway is being asked.
    Reserved,
    /// Given back.
    Succeeded,
    /// The gateway refused; the amount is free again.
    Failed,
}

impl RefundState {
    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// The state of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Reserved, Self::Succeeded, Self::Failed].into_iter().find(|s| s.name() == name)
    }
}

/// Money on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its id; `refund_{id}` is its key at the gateway.
    pub id: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// Of which order.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub state: RefundState,
    /// Why.
    pub reason: String,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// An account of the money ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Account {
    /// What the gateway owes the shop.
    Gateway,
    /// What orders have earned.
    Sales,
}

impl Account {
    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Sales => "sales",
        }
    }
}

/// One transfer of the money ledger: `debit` grows, `credit` shrinks, so every line sums to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyEntry {
    /// Of which payment.
    pub payment: PaymentId,
    /// The account that receives.
    pub debit: Account,
    /// The account that gives.
    pub credit: Account,
    /// How much, always positive.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}
