//! What orders bring sellers, and how far sellers are with them.

use crate::Consumer;
use crate::returned::goods;
use async_trait::async_trait;
use souk_catalog::HOUSE_SELLER;
use souk_fulfillment::{Fulfillment, FulfillmentService, ParcelState, Return, ReturnState, event};
use souk_kernel::{Answers, Event, Id, Money, OrderId, PortError, SellerId, Sku};
use souk_orders::{Order, OrderEvent, OrderState, Orders};
use souk_payments::event::{PAYMENT_REFUNDED, PaymentRefunded};
use souk_payments::{Payments, Refund, RefundState};
use souk_sellers::rules::{Parcels, stage};
use souk_sellers::{BookService, Charged, Reversal, SellerOrder, Sold};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Keeps the seller ledger and sellers' lists of orders.
pub struct Bookkeeper {
    /// The books.
    pub books: BookService,
    /// What was bought.
    pub orders: Arc<dyn Orders>,
    /// Parcels and returns.
    pub parcels: FulfillmentService,
}

/// What a fact tells the books.
enum Told {
    /// The order was confirmed.
    Confirmed,
    /// It ended without goods.
    Cancelled,
    /// Money of it went back.
    Refunded(PaymentRefunded),
    /// A parcel or a return of it moved.
    Moved,
}

fn told(fact: &Event) -> Option<(OrderId, Told)> {
    match OrderEvent::from_name(&fact.kind) {
        Some(OrderEvent::Confirmed) => {
            return Some((OrderId::from_uuid(fact.aggregate.0), Told::Confirmed));
        }
        Some(OrderEvent::Cancelled) => {
            return Some((OrderId::from_uuid(fact.aggregate.0), Told::Cancelled));
        }
        Some(_) => return None,
        None => {}
    }
    if fact.kind == PAYMENT_REFUNDED {
        let body: PaymentRefunded = serde_json::from_str(&fact.body).ok()?;
        return Some((body.order, Told::Refunded(body)));
    }
    event::order_of(fact).map(|order| (order, Told::Moved))
}

/// An order's charge, as the books are told it.
fn charged(order: &Order) -> Charged {
    let sold = |line: &souk_pricing::QuoteLine| Sold {
        seller: line.item.seller,
        sku: line.item.sku,
        quantity: line.item.quantity,
        minor: line.total.minor,
    };
    Charged {
        order: order.id,
        placed: order.created_at,
        total: order.total(),
        lines: order.quote.lines.iter().map(sold).collect(),
    }
}

/// What went back of an order, in the order in which it was told: a cancellation before its own refund.
fn in_order(order: &Order, refunds: Vec<Refund>) -> Vec<Told> {
    let end = order.moves.iter().find(|step| step.to == OrderState::Cancelled).map(|step| step.at);
    let is_before = |refund: &Refund| end.is_none_or(|end| refund.created_at < end);
    let (before, after): (Vec<_>, Vec<_>) = refunds.into_iter().partition(is_before);
    let told = |refund: Refund| {
        let Refund { order: of, id, amount, .. } = refund;
        Told::Refunded(PaymentRefunded { order: of, user: order.user, refund: id, amount })
    };
    let cancelled = end.map(|_| Told::Cancelled);
    before.into_iter().map(told).chain(cancelled).chain(after.into_iter().map(told)).collect()
}

fn was_confirmed(order: &Order) -> bool {
    order.moves.iter().any(|step| step.to == OrderState::Confirmed)
}

/// The sellers of an order's lines, without the shop itself.
fn others(order: &Order) -> BTreeSet<SellerId> {
    let sellers = order.quote.lines.iter().map(|line| line.item.seller);
    sellers.filter(|seller| *seller != HOUSE_SELLER).collect()
}

/// Whether a return is of a seller's goods and waits for somebody to look at it.
fn waits(back: &Return, is_theirs: impl Fn(Sku) -> bool) -> bool {
    let open = [ReturnState::Requested, ReturnState::Label, ReturnState::Received];
    open.contains(&back.state()) && back.lines.iter().any(|line| is_theirs(line.sku))
}

/// One seller's row of an order, from what is stored of order and parcels.
fn row(order: &Order, parcels: Option<&Fulfillment>, seller: SellerId) -> SellerOrder {
    let theirs = || order.quote.lines.iter().filter(|line| line.item.seller == seller);
    let mut count = Parcels::default();
    for parcel in parcels.iter().flat_map(|all| &all.parcels).filter(|p| p.seller == seller) {
        match parcel.state() {
            ParcelState::Label => count.labelled += 1,
            ParcelState::Packed => count.packed += 1,
            ParcelState::Delivered | ParcelState::ReturnedToSender | ParcelState::Lost => {
                count.arrived += 1;
            }
            ParcelState::Cancelled => count.called_off += 1,
            ParcelState::PickedUp
            | ParcelState::InTransit
            | ParcelState::OutForDelivery
            | ParcelState::Failed => count.travelling += 1,
        }
    }
    let is_theirs = |sku: Sku| theirs().any(|line| line.item.sku == sku);
    let returns = parcels.iter().flat_map(|all| &all.returns).filter(|r| waits(r, is_theirs));
    let minor = theirs().map(|line| line.total.minor).sum();
    SellerOrder {
        seller,
        order: order.id,
        placed: order.created_at,
        stage: stage(&count, order.state == OrderState::Cancelled),
        total: Money::new(minor, order.quote.currency),
        pieces: theirs().map(|line| line.item.quantity).sum(),
        returns: u32::try_from(returns.count()).unwrap_or(u32::MAX),
        version: order.version + parcels.map_or(0, |all| all.version),
    }
}

impl Bookkeeper {
    /// The same books, kept from orders as they are read there.
    #[must_use]
    pub fn reading(&self, orders: Arc<dyn Orders>) -> Self {
        Self { books: self.books.clone(), orders, parcels: self.parcels.clone() }
    }

    /// Writes what orders brought and what went back of them where it is not written yet, as their facts
    /// would have had it: for orders placed before there were books. Then computes their rows anew. Safe to
    /// repeat. Lines are dated when they are written, at the rates of when the orders were placed.
    ///
    /// # Errors
    /// The stores'.
    pub async fn backfill(
        &self,
        orders: &[OrderId],
        payments: &dyn Payments,
    ) -> Result<(), PortError> {
        let found = self.orders.orders(orders).await?;
        let theirs = |order: &&Order| was_confirmed(order) && !others(order).is_empty();
        let found: Vec<&Order> = found.iter().flatten().filter(theirs).collect();
        let sold: Vec<Charged> = found.iter().map(|order| charged(order)).collect();
        self.books.sold(&sold).await.into_iter().collect::<Result<(), _>>()?;
        for order in &found {
            let mut refunds = payments.refunds(order.payment).await?;
            refunds.retain(|refund| refund.state == RefundState::Succeeded);
            for told in in_order(order, refunds) {
                self.went_back(order, &told).await?;
            }
        }
        self.file(found.into_iter()).await
    }

    /// Computes the rows of orders anew, as they stand now: after a fact, or after a seller did
    /// something that no fact tells of.
    ///
    /// # Errors
    /// The stores'.
    pub async fn follow(&self, orders: &[OrderId]) -> Result<(), PortError> {
        let found = self.orders.orders(orders).await?;
        self.file(found.iter().flatten()).await
    }

    async fn file(&self, orders: impl Iterator<Item = &Order>) -> Result<(), PortError> {
        let mut rows = Vec::new();
        for order in orders.filter(|order| was_confirmed(order)) {
            let sellers = others(order);
            if sellers.is_empty() {
                continue;
            }
            let parcels = self.parcels.of_order(order.id).await?;
            rows.extend(sellers.into_iter().map(|seller| row(order, parcels.as_ref(), seller)));
        }
        self.books.file(rows).await
    }

    async fn went_back(&self, order: &Order, told: &Told) -> Result<(), PortError> {
        if !was_confirmed(order) {
            return Ok(());
        }
        let (cause, reversal) = match told {
            Told::Cancelled => (Id::from_uuid(order.id.uuid()), Reversal::Whole),
            Told::Refunded(refund) => {
                if others(order).is_empty() {
                    return Ok(());
                }
                let goods = goods(&self.parcels, refund).await?;
                let minor = refund.amount.minor;
                (Id::from_uuid(refund.refund.uuid()), Reversal::Amount { minor, goods })
            }
            Told::Confirmed | Told::Moved => return Ok(()),
        };
        self.books.went_back(&charged(order), cause, &reversal).await
    }

    async fn keep(
        &self,
        heard: &[(usize, OrderId, Told)],
        answers: &mut [Result<(), PortError>],
    ) -> Result<(), PortError> {
        let mut ids: Vec<OrderId> = heard.iter().map(|(_, order, _)| *order).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = self.orders.orders(&ids).await?;
        let orders: HashMap<OrderId, &Order> =
            found.iter().flatten().map(|order| (order.id, order)).collect();
        let unread = || PortError::Unavailable("the order can't be read yet".into());
        let (mut places, mut sold) = (Vec::new(), Vec::new());
        for (at, order, told) in heard {
            match (orders.get(order), told) {
                (None, _) => answers[*at] = Err(unread()),
                (Some(order), Told::Confirmed) => {
                    places.push(*at);
                    sold.push(charged(order));
                }
                (Some(_), _) => {}
            }
        }
        for (at, answer) in places.into_iter().zip(self.books.sold(&sold).await) {
            answers[at] = answer;
        }
        for (at, order, told) in heard {
            if let Some(order) = orders.get(order) {
                let done = self.went_back(order, told).await;
                if answers[*at].is_ok() {
                    answers[*at] = done;
                }
            }
        }
        self.file(found.iter().flatten()).await
    }
}

#[async_trait]
impl Consumer for Bookkeeper {
    fn name(&self) -> &'static str {
        "sellers' books"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = vec![Ok(()); facts.len()];
        let heard: Vec<(usize, OrderId, Told)> = facts
            .iter()
            .enumerate()
            .filter_map(|(at, fact)| told(fact).map(|(order, told)| (at, order, told)))
            .collect();
        if heard.is_empty() {
            return answers;
        }
        if let Err(error) = self.keep(&heard, &mut answers).await {
            for (at, ..) in &heard {
                answers[*at] = Err(error.clone());
            }
        }
        answers
    }
}
