//! What the shoppers asked and heard: the only thing that a client of the shop can hold it to.

use parking_lot::Mutex;
use souk_kernel::{Money, OrderId, RefundId, UserId};
use souk_orders::{Answer, PlaceRefusal, Placed};
use souk_payments::RefundOutcome;
use std::sync::atomic::{AtomicU64, Ordering};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// An order.
    Placed(OrderId, Answer),
    /// Declined, with the order of this try.
    Declined(OrderId),
    /// Nothing was changed.
    Refused(String),
    /// The first request is still being worked on.
    InFlight,
    /// No answer, or the store failed: nobody knows.
    Lost,
}

impl Heard {
    /// What an answer says.
    #[must_use]
    pub fn of(answer: Option<Result<Placed, PlaceRefusal>>) -> Self {
        match answer {
            Some(Ok(placed)) => Self::Placed(placed.order, placed.answer),
            Some(Err(PlaceRefusal::Declined { order, .. })) => Self::Declined(order),
            Some(Err(PlaceRefusal::InFlight(_))) => Self::InFlight,
            Some(Err(PlaceRefusal::Port(_))) | None => Self::Lost,
            Some(Err(refusal)) => Self::Refused(refusal.to_string()),
        }
    }

    /// The order that it names as the request's own.
    #[must_use]
    pub const fn order(&self) -> Option<OrderId> {
        match self {
            Self::Placed(order, _) | Self::Declined(order) => Some(*order),
            Self::Refused(_) | Self::InFlight | Self::Lost => None,
        }
    }
}

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Who.
    pub user: UserId,
    /// Under which key.
    pub key: String,
    /// When it was sent, in the diary's own count.
    pub asked: u64,
    /// When the answer came.
    pub heard: u64,
    /// The answer.
    pub what: Heard,
    /// The total that was shown before.
    pub shown: Money,
}

/// Everybody's.
#[derive(Default)]
pub struct Diary {
    entries: Mutex<Vec<Entry>>,
    refunds: Mutex<Vec<(RefundId, OrderId, RefundOutcome)>>,
    count: AtomicU64,
}

impl Diary {
    /// The next moment.
    pub fn moment(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// Writes down an answer to a purchase.
    pub fn write(&self, entry: Entry) {
        self.entries.lock().push(entry);
    }

    /// Writes down an answer to a refund.
    pub fn refunded(&self, refund: RefundId, order: OrderId, outcome: RefundOutcome) {
        self.refunds.lock().push((refund, order, outcome));
    }

    /// All purchases, in the order of their answers.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().clone()
    }

    /// All refunds.
    #[must_use]
    pub fn refunds(&self) -> Vec<(RefundId, OrderId, RefundOutcome)> {
        self.refunds.lock().clone()
    }
}
