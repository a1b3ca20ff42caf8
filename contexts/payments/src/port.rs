//! What this room needs from a store.

mod inbox;
mod saved;

pub use inbox::Inbox;
pub use saved::{KEPT_MAX, SavedMethods};

use crate::{BankAccount, Payment, PaymentRefusal, PaymentState, Refund, StartAttempt};
use async_trait::async_trait;
use souk_kernel::{Answers, Money, OrderId, PaymentId, PortError, RefundId, Timestamp, UserId};

/// Moves a payment, if it is in one of the states that the move starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovePayment {
    /// Which.
    pub payment: PaymentId,
    /// From any of these; [`PaymentIntent::Move`] to a state that it is in already changes nothing.
    pub from: &'static [PaymentState],
    /// To this.
    pub to: PaymentState,
    /// The gateway's name for it, when the answer brought one.
    pub gateway_ref: Option<String>,
    /// Where the shopper must act.
    pub action_url: Option<String>,
    /// Where a transfer goes, when the answer brought it.
    pub account: Option<BankAccount>,
    /// Minor units that came by transfer so far; only ever grows, and is recorded also when the state
    /// stays.
    pub received: Option<i64>,
    /// Why. While a transfer is waited for, the first note stays, and is recorded also when the state
    /// does.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl MovePayment {
    /// A move with nothing to add.
    #[must_use]
    pub const fn plain(
        payment: PaymentId,
        from: &'static [PaymentState],
        to: PaymentState,
        at: Timestamp,
    ) -> Self {
        Self {
            payment,
            from,
            to,
            gateway_ref: None,
            action_url: None,
            account: None,
            received: None,
            reason: None,
            at,
        }
    }
}

/// Sets an amount aside for a refund, if so much was taken and neither given back nor set aside.
/// The same refund twice changes nothing; an id that another payment's refund has is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReserveRefund {
    /// The refund's id.
    pub refund: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much; `None` is all that is left, and nothing left is no refund.
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Ends a reserved refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishRefund {
    /// Which.
    pub refund: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// Whether the gateway gave the money back.
    pub succeeded: bool,
    /// When.
    pub at: Timestamp,
}

/// Where a refund stands among all of them, oldest first.
pub type RefundPlace = (Timestamp, RefundId);

/// One change of money. A move to `captured` takes the whole amount and posts it to the money ledger;
/// a refund that succeeds posts its own, and
/// puts [`crate::event::PAYMENT_REFUNDED`] into the outbox, in the same step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentIntent {
    /// Nothing → authorizing.
    Start(StartAttempt),
    /// One state → another.
    Move(MovePayment),
    /// Nothing → a reserved refund.
    ReserveRefund(ReserveRefund),
    /// Reserved → succeeded or failed.
    FinishRefund(FinishRefund),
}

/// The store of payments.
///
/// Each intent is atomic and durable before it is answered; intents of a batch are independent and
/// apply in order.
#[async_trait]
pub trait Payments: Send + Sync {
    /// Applies intents in order; the answer is the payment as it stands afterwards.
    async fn apply(&self, batch: Vec<PaymentIntent>) -> Answers<Payment, PaymentRefusal>;

    /// One payment.
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, PortError>;

    /// A payment's refunds, oldest first.
    async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, PortError>;

    /// Refunds still reserved and not younger than `before`, oldest first, behind `after`, at most
    /// `limit`: due work.
    async fn unfinished_refunds(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Result<Vec<Refund>, PortError>;

    /// The payment of an order.
    async fn of_order(&self, order: OrderId) -> Result<Option<Payment>, PortError>;

    /// How many payments of a user wait for a transfer ([`Payment::waits_for_transfer`]).
    async fn waiting_transfers(&self, user: UserId) -> Result<u32, PortError>;

    /// The payments of orders, one answer each, in order.
    async fn of_orders(&self, orders: &[OrderId]) -> Result<Vec<Option<Payment>>, PortError> {
        let mut found = Vec::with_capacity(orders.len());
        for order in orders {
            found.push(self.of_order(*order).await?);
        }
        Ok(found)
    }
}
