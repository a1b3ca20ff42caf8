//! The facts that this room publishes.

use crate::{Payment, Refund};
use serde::{Deserialize, Serialize};
use souk_kernel::{Aggregate, Event, EventKind, Money, OrderId, RefundId, Timestamp, UserId};

/// Money went back. Its aggregate is the payment; its number the minor units given back so far, which
/// grow with each refund.
pub const PAYMENT_REFUNDED: EventKind = "payment.refunded";

/// The body of [`PAYMENT_REFUNDED`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRefunded {
    /// Of which order.
    pub order: OrderId,
    /// Whose.
    pub user: UserId,
    /// Which refund.
    pub refund: RefundId,
    /// How much, this time.
    pub amount: Money,
}

/// The fact that a refund succeeded. `payment`: as it stands afterwards.
#[must_use]
pub fn refunded(payment: &Payment, refund: &Refund, at: Timestamp) -> Event {
    let amount = refund.amount;
    let body =
        PaymentRefunded { order: payment.order, user: payment.user, refund: refund.id, amount };
    Event {
        aggregate: Aggregate(payment.id.uuid()),
        number: payment.refunded.unsigned_abs(),
        kind: PAYMENT_REFUNDED.into(),
        // Plain ids and numbers: they always have a JSON form.
        body: serde_json::to_string(&body).unwrap_or_default(),
        at,
    }
}
