//! The port of payments.

use crate::{Faulty, batch, single};
use async_trait::async_trait;
use souk_kernel::{Answers, OrderId, PaymentId, PortError, Timestamp, UserId};
use souk_payments::{Payment, PaymentIntent, PaymentRefusal, Payments, Refund, RefundPlace};

#[async_trait]
impl<P: Payments + ?Sized> Payments for Faulty<P> {
    async fn apply(&self, intents: Vec<PaymentIntent>) -> Answers<Payment, PaymentRefusal> {
        batch!(self, "payments", apply, intents)
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, PortError> {
        single!(self, "payments", payment, id, self.inner.payment(id))
    }

    async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, PortError> {
        single!(self, "payments", refunds, payment, self.inner.refunds(payment))
    }

    async fn unfinished_refunds(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Result<Vec<Refund>, PortError> {
        let run = self.inner.unfinished_refunds(before, after, limit);
        single!(self, "payments", unfinished_refunds, before, run)
    }

    async fn of_order(&self, order: OrderId) -> Result<Option<Payment>, PortError> {
        single!(self, "payments", of_order, order, self.inner.of_order(order))
    }

    async fn waiting_transfers(&self, user: UserId) -> Result<u32, PortError> {
        let run = self.inner.waiting_transfers(user);
        single!(self, "payments", waiting_transfers, user, run)
    }
}
