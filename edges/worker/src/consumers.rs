//! Who wants to know about orders.

use crate::Consumer;
use crate::returned::goods;
use async_trait::async_trait;
use futures_util::future::join_all;
use souk_fulfillment::{FulfillmentService, event};
use souk_invoices::{Back, InvoiceService};
use souk_kernel::{Answers, ClaimKey, Event, OrderId, PortError, UserId};
use souk_notifications::Notifier;
use souk_orders::{OrderEvent, Orders, derived};
use souk_payments::PaymentService;
use souk_payments::event::{PAYMENT_REFUNDED, PaymentRefunded};
use std::sync::Arc;

/// Asks of the gateway under way at a time.
const CONCURRENT: usize = 64;

fn order_of(fact: &Event) -> OrderId {
    OrderId::from_uuid(fact.aggregate.0)
}

/// Puts orders into their shoppers' lists.
pub struct Lister(pub Arc<dyn Orders>);

#[async_trait]
impl Consumer for Lister {
    fn name(&self) -> &'static str {
        "order_list"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let of_orders = |fact: &&Event| OrderEvent::from_name(&fact.kind).is_some();
        let orders = facts.iter().filter(of_orders).map(order_of).collect();
        let listed = self.0.list(orders).await;
        facts.iter().map(|_| listed.clone()).collect()
    }
}

/// Takes the money of confirmed orders, returns that of cancelled ones.
pub struct MoneyMover(pub PaymentService);

impl MoneyMover {
    async fn unwind(&self, order: OrderId) -> Result<(), PortError> {
        // Each try to refund a cancellation is one refund, however often this is told.
        let refund = |tries: u32| {
            let principal = UserId::from_uuid(order.uuid());
            let key = match tries {
                0 => String::from("cancelled"),
                n => format!("cancelled:{n}"),
            };
            derived(&ClaimKey { principal, key }, "refund")
        };
        self.0.unwind(order, refund).await
    }
}

#[async_trait]
impl Consumer for MoneyMover {
    fn name(&self) -> &'static str {
        "money"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = vec![Ok(()); facts.len()];
        let of_kind = |kind: OrderEvent| -> Vec<usize> {
            (0..facts.len()).filter(|at| facts[*at].kind == kind.name()).collect()
        };
        let confirmed = of_kind(OrderEvent::Confirmed);
        let orders: Vec<OrderId> = confirmed.iter().map(|at| order_of(&facts[*at])).collect();
        for (at, answer) in confirmed.into_iter().zip(self.0.capture_all(&orders).await) {
            answers[at] = answer;
        }
        for piece in of_kind(OrderEvent::Cancelled).chunks(CONCURRENT) {
            let unwound = join_all(piece.iter().map(|at| self.unwind(order_of(&facts[*at])))).await;
            for (at, answer) in piece.iter().zip(unwound) {
                answers[*at] = answer;
            }
        }
        answers
    }
}

/// Opens the parcels of confirmed orders, calls off those of cancelled ones, and lets orders follow
/// their parcels.
pub struct Packer(pub FulfillmentService);

#[async_trait]
impl Consumer for Packer {
    fn name(&self) -> &'static str {
        "parcels"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = vec![Ok(()); facts.len()];
        let (mut opened, mut moved) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for (at, fact) in facts.iter().enumerate() {
            match OrderEvent::from_name(&fact.kind) {
                Some(OrderEvent::Confirmed) => {
                    opened.0.push(at);
                    opened.1.push(order_of(fact));
                }
                Some(OrderEvent::Cancelled) => {
                    answers[at] = self.0.call_off(order_of(fact)).await;
                }
                _ => {
                    if let Some(order) = event::order_of(fact) {
                        moved.0.push(at);
                        moved.1.push(order);
                    }
                }
            }
        }
        for (at, answer) in opened.0.into_iter().zip(self.0.open(&opened.1).await) {
            answers[at] = answer;
        }
        for (at, answer) in moved.0.into_iter().zip(self.0.orders_follow(&moved.1).await) {
            answers[at] = answer;
        }
        answers
    }
}

/// Issues the invoices of confirmed orders, and the credit notes of what was cancelled or went back.
pub struct Biller {
    /// The documents.
    pub invoices: InvoiceService,
    /// What came back.
    pub parcels: FulfillmentService,
}

impl Biller {
    async fn one(&self, fact: &Event) -> Result<(), PortError> {
        if fact.kind == OrderEvent::Cancelled.name() {
            return self.invoices.cancelled(order_of(fact)).await;
        }
        if fact.kind == PAYMENT_REFUNDED {
            let body: PaymentRefunded =
                serde_json::from_str(&fact.body).map_err(|e| PortError::Corrupt(e.to_string()))?;
            let goods = goods(&self.parcels, &body).await?;
            let back = Back { amount: body.amount, goods };
            return self.invoices.refunded(body.order, body.refund, &back).await;
        }
        Ok(())
    }
}

#[async_trait]
impl Consumer for Biller {
    fn name(&self) -> &'static str {
        "invoices"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = Vec::with_capacity(facts.len());
        let confirmed = |fact: &Event| fact.kind == OrderEvent::Confirmed.name();
        let orders: Vec<OrderId> = facts.iter().filter(|f| confirmed(f)).map(order_of).collect();
        let mut issued = self.invoices.issue(&orders).await.into_iter();
        for fact in facts {
            answers.push(if confirmed(fact) {
                issued.next().unwrap_or(Ok(()))
            } else {
                self.one(fact).await
            });
        }
        answers
    }
}

#[async_trait]
impl Consumer for Notifier {
    fn name(&self) -> &'static str {
        "notifications"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        self.tell(facts).await
    }
}
