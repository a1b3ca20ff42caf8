//! What this room needs from a store.

mod traces;

pub use traces::OrderTraces;

use crate::{
    Answer, BeginRefusal, CheckoutRecord, Lease, Move, Order, OrderSummary, SettleRefusal, ShipTo,
};
use async_trait::async_trait;
use souk_cart::CartIntent;
use souk_inventory::{Hold, HoldState, PinHold, StockIntent, TakeHold};
use souk_kernel::{
    Answers, CheckoutId, Claim, ClaimKey, Event, OrderId, PortError, Timestamp, UserId,
};
use souk_payments::{MovePayment, StartAttempt};
use souk_pricing::Quote;
use std::sync::Arc;

/// How a purchase gets its stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldStep {
    /// Buy Now: take it, pinned at once.
    Take(TakeHold),
    /// From a checkout that holds it: pin that.
    Pin(PinHold),
}

/// The first durable round: the order, its claim, its stock, its payment attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// The order's id.
    pub order: OrderId,
    /// Whose.
    pub user: UserId,
    /// Of which checkout.
    pub checkout: CheckoutId,
    /// The key that the request came with.
    pub claim: Claim,
    /// What is bought.
    pub quote: Arc<Quote>,
    /// Where to.
    pub ship_to: Arc<ShipTo>,
    /// Its stock.
    pub hold: HoldStep,
    /// Freezes the cart at the version that was shown, when it is bought from a cart.
    pub cart: Option<(u64, CartIntent)>,
    /// Its payment.
    pub payment: StartAttempt,
    /// Refuse it if so many of the shopper's payments wait for a transfer.
    pub transfers_max: Option<u32>,
    /// Who works on it.
    pub lease: Lease,
    /// When the stock may be given back.
    pub deadline: Timestamp,
    /// When.
    pub at: Timestamp,
}

impl Begin {
    /// Whether a hold is what this purchase needs: its checkout's, pinned for its order.
    #[must_use]
    pub fn has_pinned(&self, hold: &Hold) -> bool {
        hold.checkout == self.checkout
            && hold.state == HoldState::Paying
            && hold.order == Some(self.order)
    }
}

/// What became of a [`Begin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It began; the order as it stands.
    Fresh(Box<Order>),
    /// The key was claimed before, by the same request: that order, as it stands now.
    Before(Box<Order>),
}

/// A later durable round: one conditional step of a saga, with all that follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settle {
    /// Which order.
    pub order: OrderId,
    /// Only if its version is this; the next one is one more.
    pub expected_version: u64,
    /// Steps along the state machine; may be none.
    pub moves: Vec<Move>,
    /// What the client is told, kept if nothing was told before.
    pub answer: Option<Answer>,
    /// Who works on it from now on.
    pub lease: Option<Lease>,
    /// The payment's step.
    pub payment: Option<MovePayment>,
    /// The stock's step.
    pub stock: Option<StockIntent>,
    /// The cart's step; what it answers changes nothing here.
    pub cart: Option<CartIntent>,
    /// Facts, numbered by the new version.
    pub events: Vec<Event>,
}

/// The start of a checkout: frozen content and its hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartCheckout {
    /// The checkout.
    pub record: CheckoutRecord,
    /// The key that the request came with.
    pub claim: Claim,
    /// Its stock.
    pub hold: TakeHold,
}

/// What became of a [`StartCheckout`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// It started.
    Fresh,
    /// The key was claimed before, by the same request: that checkout.
    Before(CheckoutId),
}

/// What a key was claimed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The digest of the request that claimed it.
    pub request: [u8; 16],
    /// What it made.
    pub subject: Subject,
}

/// What a claimed key made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An order.
    Order(OrderId),
    /// A checkout.
    Checkout(CheckoutId),
}

impl Subject {
    /// The order, if it is one.
    #[must_use]
    pub const fn order(self) -> Option<OrderId> {
        match self {
            Self::Order(order) => Some(order),
            Self::Checkout(_) => None,
        }
    }
}

/// The store of orders.
///
/// # Guarantees
/// - Each intent is atomic and durable before it is answered: all of it, or nothing. A store whose
///   parts lie in several places makes the order's own record the commit point and finishes the other
///   parts itself ([`Orders::due`] sees to what a crash interrupted).
/// - Intents of a batch are independent and apply in order.
/// - A key is claimed once per principal; the same key with another request is refused.
/// - At most one order of a checkout is neither `payment_failed` nor `cancelled`.
/// - A [`Settle`] is applied only to the version that it expects.
/// - A [`Settle`] that unpins stock leaves the order's content as a checkout, so that what was bought
///   at once can be tried again with another card.
/// - Reads see every intent that was answered before.
#[async_trait]
pub trait Orders: Send + Sync {
    /// Begins purchases. Time is the store's: deadlines are compared with its clock.
    async fn begin(&self, batch: Vec<Begin>) -> Answers<Begun, BeginRefusal>;

    /// Steps sagas; answers with the new version.
    async fn settle(&self, batch: Vec<Settle>) -> Answers<u64, SettleRefusal>;

    /// Starts checkouts. An earlier checkout of the same shopper that holds stock and isn't being paid
    /// gives it back in the same step.
    async fn start(&self, batch: Vec<StartCheckout>) -> Answers<Started, BeginRefusal>;

    /// One order.
    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError>;

    /// Orders, one answer each, in order.
    async fn orders(&self, ids: &[OrderId]) -> Result<Vec<Option<Order>>, PortError> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.push(self.order(*id).await?);
        }
        Ok(found)
    }

    /// The order whose id has this [`souk_kernel::Id::key`]: for numbers.
    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError>;

    /// One checkout.
    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError>;

    /// The order of a checkout that is neither failed nor cancelled.
    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError>;

    /// What a key was claimed for.
    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError>;

    /// Open orders whose lease has run out, oldest first, at most `limit`: the recovery worker's work.
    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError>;

    /// A shopper's orders, newest first, older than `before`, at most `limit`. A read model fed by
    /// facts: it may lag.
    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError>;

    /// Puts orders into their shoppers' lists; repeating it changes nothing.
    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError>;
}
