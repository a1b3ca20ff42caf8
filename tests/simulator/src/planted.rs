//! Bugs on purpose: wrappers of ports that take out one guard, or swap two steps. The simulator has to
//! find each of them.

mod money;

use crate::gateway::SimGateway;
use async_trait::async_trait;
use money::{BadGateway, BadOutbox, BadPayments};
use parking_lot::Mutex;
use souk_faults::Noted;
use souk_inventory::{
    Entry, Hold, HoldState, PinHold, Stock, StockAnswer, StockIntent, StockRefusal, WarehouseLevel,
};
use souk_kernel::{
    Answers, BoxFuture, CheckoutId, ClaimKey, OrderId, Outbox, PortError, Sku, UserId, one,
};
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderSummary, Orders, Settle,
    SettleRefusal, StartCheckout, Started,
};
use souk_payments::{Gateway, Payments};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Bug {
    /// A step of a saga applies to whatever version the order has.
    IgnoresVersion,
    /// A begin doesn't claim its key.
    BeginsWithoutClaim,
    /// Stock is moved before the order is.
    StockBeforeOrder,
    /// A step is answered before it is recorded; a crash in between loses it.
    AnswersBeforeRecord,
    /// A declined order doesn't unpin its stock.
    ForgetsToUnpin,
    /// The sweep ends pinned holds too.
    SweepsPinned,
    /// A try to pay unpins whoever has the hold.
    UnpinsAnybodys,
    /// Each authorization has a fresh key at the gateway.
    FreshGatewayKey,
    /// Voids are answered, and not sent.
    VoidsNothing,
    /// The gateway's amount is not compared with what was asked.
    TrustsAmount,
    /// A capture is sent whatever state the payment is in.
    CapturesUnguarded,
    /// A refund is sent without an amount being set aside.
    RefundsUnreserved,
    /// Facts are marked done before they are delivered.
    DoneBeforeDelivered,
    /// A look-up is skipped: what has no answer is taken for refused.
    UnknownIsDeclined,
    /// Captures and refunds are sent again without a look at what was done.
    SendsAgainUnseen,
    /// Money that came late is not seen.
    OverlooksLateMoney,
    /// A transfer is taken for paid as soon as anything came.
    TakesAnyTransfer,
}

/// Puts a bug where it belongs; without one, changes nothing.
#[derive(Clone, Default)]
pub struct Planter {
    bug: Option<Bug>,
    /// Runs what a process does after it answered: gone when it crashes.
    later: Option<Later>,
    noted: Arc<Mutex<Vec<Noted>>>,
}

/// Starts a task of the process that the ports belong to.
pub type Later = Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>;

impl Planter {
    /// For one process. `noted`: what all processes tried to write down.
    #[must_use]
    pub const fn new(bug: Option<Bug>, later: Later, noted: Arc<Mutex<Vec<Noted>>>) -> Self {
        Self { bug, later: Some(later), noted }
    }

    fn is(&self, bugs: &[Bug]) -> Option<Bug> {
        self.bug.filter(|bug| bugs.contains(bug))
    }

    /// Orders with its bug.
    #[must_use]
    pub fn orders(&self, inner: Arc<dyn Orders>, stock: &Arc<dyn Stock>) -> Arc<dyn Orders> {
        let bugs = [
            Bug::IgnoresVersion,
            Bug::BeginsWithoutClaim,
            Bug::StockBeforeOrder,
            Bug::AnswersBeforeRecord,
            Bug::ForgetsToUnpin,
        ];
        let Some(bug) = self.is(&bugs) else { return inner };
        let (stock, later) = (Arc::clone(stock), self.later.clone());
        Arc::new(BadOrders { inner, stock, bug, later, fresh: AtomicU64::new(0) })
    }

    /// Stock with its bug.
    #[must_use]
    pub fn stock(&self, inner: Arc<dyn Stock>) -> Arc<dyn Stock> {
        match self.is(&[Bug::SweepsPinned, Bug::UnpinsAnybodys]) {
            Some(bug) => Arc::new(BadStock { inner, bug, noted: Arc::clone(&self.noted) }),
            None => inner,
        }
    }

    /// Payments with its bug.
    #[must_use]
    pub fn payments(&self, inner: Arc<dyn Payments>) -> Arc<dyn Payments> {
        match self.is(&[Bug::CapturesUnguarded, Bug::RefundsUnreserved]) {
            Some(bug) => Arc::new(BadPayments { inner, bug, beyond: Mutex::default() }),
            None => inner,
        }
    }

    /// The outbox with its bug.
    #[must_use]
    pub fn outbox(&self, inner: Arc<dyn Outbox>) -> Arc<dyn Outbox> {
        match self.is(&[Bug::DoneBeforeDelivered]) {
            Some(_) => Arc::new(BadOutbox(inner)),
            None => inner,
        }
    }

    /// The gateway with its bug.
    #[must_use]
    pub fn gateway(&self, inner: Arc<dyn Gateway>, there: &Arc<SimGateway>) -> Arc<dyn Gateway> {
        let bugs = [
            Bug::FreshGatewayKey,
            Bug::VoidsNothing,
            Bug::TrustsAmount,
            Bug::UnknownIsDeclined,
            Bug::SendsAgainUnseen,
            Bug::OverlooksLateMoney,
            Bug::TakesAnyTransfer,
        ];
        let Some(bug) = self.is(&bugs) else { return inner };
        Arc::new(BadGateway { inner, there: Arc::clone(there), bug, asked: Mutex::default() })
    }
}

struct BadOrders {
    inner: Arc<dyn Orders>,
    stock: Arc<dyn Stock>,
    bug: Bug,
    later: Option<Later>,
    fresh: AtomicU64,
}

impl BadOrders {
    async fn settle_one(&self, mut settle: Settle) -> Result<u64, SettleRefusal> {
        match self.bug {
            Bug::IgnoresVersion => {
                if let Some(order) = self.inner.order(settle.order).await? {
                    settle.expected_version = order.version;
                }
            }
            Bug::StockBeforeOrder => {
                if let Some(step) = &settle.stock {
                    // Done, or refused because it was done.
                    let _ = one(self.stock.apply(vec![step.clone()]).await);
                }
            }
            Bug::ForgetsToUnpin if matches!(settle.stock, Some(StockIntent::Unpin(_))) => {
                settle.stock = None;
            }
            Bug::AnswersBeforeRecord if settle.answer.is_some() => {
                let version = settle.expected_version + 1;
                let inner = Arc::clone(&self.inner);
                if let Some(later) = &self.later {
                    later(Box::pin(async move {
                        let _ = inner.settle(vec![settle]).await;
                    }));
                }
                return Ok(version);
            }
            _ => {}
        }
        one(self.inner.settle(vec![settle]).await)
    }
}

#[async_trait]
impl Orders for BadOrders {
    async fn begin(&self, mut batch: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        if self.bug == Bug::BeginsWithoutClaim {
            for begin in &mut batch {
                let fresh = self.fresh.fetch_add(1, Ordering::Relaxed);
                begin.claim.key.key = format!("{}-{}-{fresh}", begin.claim.key.key, begin.order);
            }
        }
        self.inner.begin(batch).await
    }

    async fn settle(&self, batch: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        let mut answers = Vec::with_capacity(batch.len());
        for settle in batch {
            answers.push(self.settle_one(settle).await);
        }
        answers
    }

    async fn start(&self, batch: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        self.inner.start(batch).await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        self.inner.order(id).await
    }

    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError> {
        self.inner.order_by_key(key).await
    }

    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        self.inner.checkout(id).await
    }

    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
        self.inner.live_order(checkout).await
    }

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        self.inner.claimed(key).await
    }

    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        self.inner.due(limit).await
    }

    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        self.inner.of_user(user, before, limit).await
    }

    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError> {
        self.inner.list(orders).await
    }
}

struct BadStock {
    inner: Arc<dyn Stock>,
    bug: Bug,
    noted: Arc<Mutex<Vec<Noted>>>,
}

impl BadStock {
    async fn twisted(&self, intent: StockIntent) -> Result<StockIntent, StockRefusal> {
        let Some((checkout, _)) = intent.hold_move() else { return Ok(intent) };
        let hold = self.inner.hold(checkout).await?;
        let paying = hold.and_then(|h| h.order.filter(|_| h.state == HoldState::Paying));
        Ok(match (self.bug, intent, paying) {
            (Bug::SweepsPinned, StockIntent::Expire(checkout), Some(order)) => {
                StockIntent::ReleasePinned(PinHold { checkout, order })
            }
            (Bug::UnpinsAnybodys, StockIntent::Unpin(pin), Some(order)) => {
                StockIntent::Unpin(PinHold { order, ..pin })
            }
            (_, intent, _) => intent,
        })
    }
}

#[async_trait]
impl Stock for BadStock {
    async fn apply(&self, batch: Vec<StockIntent>) -> Answers<StockAnswer, StockRefusal> {
        let mut answers = Vec::with_capacity(batch.len());
        for intent in batch {
            answers.push(match self.twisted(intent).await {
                Ok(intent) => one(self.inner.apply(vec![intent]).await),
                Err(error) => Err(error),
            });
        }
        answers
    }

    async fn hold(&self, checkout: CheckoutId) -> Result<Option<Hold>, PortError> {
        self.inner.hold(checkout).await
    }

    async fn levels(&self, sku: Sku) -> Result<Vec<WarehouseLevel>, PortError> {
        self.inner.levels(sku).await
    }

    async fn expired(&self, limit: usize) -> Result<Vec<CheckoutId>, PortError> {
        let mut found = self.inner.expired(limit).await?;
        if self.bug == Bug::SweepsPinned {
            let noted = self.noted.lock().clone();
            for noted in noted {
                let (Noted::Order(_, checkout) | Noted::Checkout(checkout)) = noted;
                let hold = self.inner.hold(checkout).await?;
                if hold.is_some_and(|hold| hold.state == HoldState::Paying) {
                    found.push(checkout);
                }
            }
        }
        Ok(found)
    }

    async fn ledger(&self, sku: Sku, limit: usize) -> Result<Vec<Entry>, PortError> {
        self.inner.ledger(sku, limit).await
    }
}
