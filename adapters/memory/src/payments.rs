//! Payments in memory: the executable specification of the port.

use crate::outbox::{OutboxRows, outbox_behind_lock};
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{
    Answers, Clock, Event, OrderId, PaymentId, PortError, RefundId, Timestamp, UserId,
};
use souk_payments::event::refunded;
use souk_payments::rules::{finish, moved, reserve};
use souk_payments::{
    Account, FinishRefund, MoneyEntry, MovePayment, Payment, PaymentIntent, PaymentRefusal,
    PaymentState, Payments, Refund, RefundPlace, RefundState, ReserveRefund, StartAttempt,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Payments without a lock: a store that holds other rooms' rows too applies intents inside its own.
#[derive(Debug, Clone, Default)]
pub struct PaymentRows {
    payments: BTreeMap<PaymentId, Payment>,
    refunds: BTreeMap<RefundId, Refund>,
    money: Vec<MoneyEntry>,
    /// On their way into the outbox of the store that these rows lie in.
    facts: Vec<Event>,
}

impl PaymentRows {
    /// One payment.
    #[must_use]
    pub fn payment(&self, id: PaymentId) -> Option<&Payment> {
        self.payments.get(&id)
    }

    /// Nobody can pay with what it was paid with any more.
    pub(crate) fn blank_token(&mut self, id: PaymentId) {
        if let Some(payment) = self.payments.get_mut(&id) {
            payment.token.clear();
        }
    }

    /// Every payment.
    pub fn payments(&self) -> impl Iterator<Item = &Payment> {
        self.payments.values()
    }

    /// How many of a user's payments wait for a transfer.
    pub(crate) fn waiting_transfers(&self, user: UserId) -> u32 {
        let waiting = self.payments.values().filter(|p| p.user == user && p.waits_for_transfer());
        u32::try_from(waiting.count()).unwrap_or(u32::MAX)
    }

    /// The payment of an order.
    #[must_use]
    pub fn of_order(&self, order: OrderId) -> Option<&Payment> {
        self.payments.values().find(|payment| payment.order == order)
    }

    /// The money ledger, oldest first.
    #[must_use]
    pub fn money(&self) -> &[MoneyEntry] {
        &self.money
    }

    /// A payment's refunds, oldest first.
    #[must_use]
    pub fn refunds(&self, payment: PaymentId) -> Vec<Refund> {
        self.sorted(|refund| refund.payment == payment)
    }

    fn sorted(&self, keep: impl Fn(&Refund) -> bool) -> Vec<Refund> {
        let mut found: Vec<_> = self.refunds.values().filter(|r| keep(r)).cloned().collect();
        found.sort_by_key(|refund| (refund.created_at, refund.id));
        found
    }

    /// Refunds still reserved and not younger than `before`, oldest first, behind `after`.
    #[must_use]
    pub fn unfinished(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Vec<Refund> {
        let behind = |r: &Refund| after.is_none_or(|after| (r.created_at, r.id) > after);
        let open =
            |r: &Refund| r.state == RefundState::Reserved && r.created_at <= before && behind(r);
        let mut found = self.sorted(open);
        found.truncate(limit);
        found
    }

    /// The facts of what was applied since they were last taken.
    pub(crate) fn take_facts(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.facts)
    }

    /// Records an attempt, once.
    pub fn start(&mut self, attempt: &StartAttempt) -> Payment {
        self.payments.entry(attempt.id).or_insert_with(|| attempt.payment()).clone()
    }

    /// Whether a move would be accepted, without making it.
    ///
    /// # Errors
    /// The rules'.
    pub fn check(&self, step: &MovePayment) -> Result<(), PaymentRefusal> {
        let payment = self.payments.get(&step.payment).ok_or(PaymentRefusal::NoPayment)?;
        moved(payment, step).map(|_| ())
    }

    /// Decides and does one intent.
    ///
    /// # Errors
    /// The rules'.
    pub fn apply(&mut self, intent: &PaymentIntent) -> Result<Payment, PaymentRefusal> {
        match intent {
            PaymentIntent::Start(attempt) => Ok(self.start(attempt)),
            PaymentIntent::Move(step) => self.advance(step),
            PaymentIntent::ReserveRefund(ask) => self.reserve(ask),
            PaymentIntent::FinishRefund(end) => self.finish(end),
        }
    }

    fn advance(&mut self, step: &MovePayment) -> Result<Payment, PaymentRefusal> {
        let payment = self.payments.get_mut(&step.payment).ok_or(PaymentRefusal::NoPayment)?;
        if let Some(next) = moved(payment, step)? {
            *payment = next;
            if step.to == PaymentState::Captured {
                self.money.push(MoneyEntry {
                    payment: payment.id,
                    debit: Account::Gateway,
                    credit: Account::Sales,
                    amount: payment.amount,
                    at: step.at,
                });
            }
        }
        Ok(payment.clone())
    }

    fn reserve(&mut self, ask: &ReserveRefund) -> Result<Payment, PaymentRefusal> {
        let payment = self.payments.get_mut(&ask.payment).ok_or(PaymentRefusal::NoPayment)?;
        match self.refunds.get(&ask.refund) {
            Some(known) if known.payment != ask.payment => return Err(PaymentRefusal::KeyReused),
            Some(_) => {}
            None => {
                let (next, refund) = reserve(payment, ask)?;
                *payment = next;
                self.refunds.insert(refund.id, refund);
            }
        }
        Ok(payment.clone())
    }

    fn finish(&mut self, end: &FinishRefund) -> Result<Payment, PaymentRefusal> {
        let refund = self.refunds.get_mut(&end.refund).filter(|r| r.payment == end.payment);
        let refund = refund.ok_or(PaymentRefusal::NoPayment)?;
        let payment = self.payments.get_mut(&refund.payment).ok_or(PaymentRefusal::NoPayment)?;
        if let Some((next, ended)) = finish(payment, refund, end) {
            (*payment, *refund) = (next, ended);
            if refund.state == RefundState::Succeeded {
                self.money.push(MoneyEntry {
                    payment: payment.id,
                    debit: Account::Sales,
                    credit: Account::Gateway,
                    amount: refund.amount,
                    at: end.at,
                });
                self.facts.push(refunded(payment, refund, end.at));
            }
        }
        Ok(payment.clone())
    }
}

#[derive(Debug, Default)]
struct Rows {
    payments: PaymentRows,
    outbox: OutboxRows,
}

/// Payments and their facts in a store of their own: one lock, so that each intent is atomic.
pub struct MemoryPayments {
    rows: Mutex<Rows>,
    clock: Arc<dyn Clock>,
}

impl MemoryPayments {
    /// An empty store.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { rows: Mutex::new(Rows::default()), clock }
    }

    /// A copy of every payment, for checks.
    #[must_use]
    pub fn rows(&self) -> PaymentRows {
        self.rows.lock().payments.clone()
    }
}

outbox_behind_lock!(MemoryPayments);

#[async_trait]
impl Payments for MemoryPayments {
    async fn apply(&self, batch: Vec<PaymentIntent>) -> Answers<Payment, PaymentRefusal> {
        let mut rows = self.rows.lock();
        let answers = batch.iter().map(|intent| rows.payments.apply(intent)).collect();
        let facts = rows.payments.take_facts();
        facts.into_iter().for_each(|fact| rows.outbox.push(fact));
        answers
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, PortError> {
        Ok(self.rows.lock().payments.payment(id).cloned())
    }

    async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, PortError> {
        Ok(self.rows.lock().payments.refunds(payment))
    }

    async fn unfinished_refunds(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Result<Vec<Refund>, PortError> {
        Ok(self.rows.lock().payments.unfinished(before, after, limit))
    }

    async fn of_order(&self, order: OrderId) -> Result<Option<Payment>, PortError> {
        Ok(self.rows.lock().payments.of_order(order).cloned())
    }

    async fn waiting_transfers(&self, user: UserId) -> Result<u32, PortError> {
        Ok(self.rows.lock().payments.waiting_transfers(user))
    }
}
