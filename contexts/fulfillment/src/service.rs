//! The use cases of fulfillment.

mod staff;
mod work;

pub use staff::Handled;

use crate::model::child;
use crate::{
    Draft, Fulfillment, FulfillmentRefusal, Fulfillments, Open, Pace, Return, ReturnId,
    ReturnReason, ReturnRequest, StepRefusal, rules,
};
use souk_inventory::{HoldState, Stock};
use souk_kernel::{Answers, ClaimKey, Clock, OrderId, PortError, Sku, UserId, one};
use souk_orders::{Actor, Move, Order, OrderState, Orders, Saga, Settle, SettleRefusal, derived};
use souk_payments::{PaymentService, Payments};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Tries of a step that loses to others, before it gives up.
const TRIES: usize = 8;

/// What fulfillment works with.
#[derive(Clone)]
pub struct FulfillmentParts {
    /// The store of parcels and returns.
    pub store: Arc<dyn Fulfillments>,
    /// The store of orders.
    pub orders: Arc<dyn Orders>,
    /// The store of stock.
    pub stock: Arc<dyn Stock>,
    /// The store of payments.
    pub payments: Arc<dyn Payments>,
    /// Refunds.
    pub money: PaymentService,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The carrier simulator's.
    pub pace: Pace,
}

/// Parcels and returns.
#[derive(Clone)]
pub struct FulfillmentService {
    parts: Arc<FulfillmentParts>,
    /// Whether everything under way has its time by the present speed.
    reckoned: Arc<AtomicBool>,
}

impl FulfillmentService {
    /// Puts it together.
    #[must_use]
    pub fn new(parts: FulfillmentParts) -> Self {
        Self { parts: Arc::new(parts), reckoned: Arc::default() }
    }

    /// Over a store, beside the purchase whose orders it sends.
    #[must_use]
    pub fn beside(saga: &Saga, store: Arc<dyn Fulfillments>, pace: Pace) -> Self {
        let parts = saga.parts();
        Self::new(FulfillmentParts {
            store,
            orders: Arc::clone(&parts.orders),
            stock: Arc::clone(&parts.stock),
            payments: Arc::clone(&parts.payments),
            money: saga.money().clone(),
            clock: Arc::clone(&parts.clock),
            pace,
        })
    }

    /// An order's parcels and returns; `None`: it has none (yet). Whose it is, the caller has looked at.
    ///
    /// # Errors
    /// The store's.
    pub async fn of_order(&self, order: OrderId) -> Result<Option<Fulfillment>, PortError> {
        self.parts.store.of_order(order).await
    }

    /// Opens the parcels of orders that were confirmed, one answer each, in order. Repeating it changes
    /// nothing; an order that was cancelled meanwhile gets none. One write, however many orders.
    pub async fn open(&self, orders: &[OrderId]) -> Answers<(), PortError> {
        let mut answers = vec![Ok(()); orders.len()];
        if orders.is_empty() {
            return answers;
        }
        let found = match self.parts.orders.orders(orders).await {
            Ok(found) => found,
            Err(error) => return vec![Err(error); orders.len()],
        };
        let (mut places, mut batch) = (Vec::new(), Vec::new());
        for (place, order) in found.into_iter().enumerate() {
            match self.first(order).await {
                Ok(Some(open)) => {
                    places.push(place);
                    batch.push(open);
                }
                Ok(None) => {}
                Err(error) => answers[place] = Err(error),
            }
        }
        if !batch.is_empty() {
            for (place, opened) in places.into_iter().zip(self.parts.store.open(batch).await) {
                answers[place] = opened.map(|_| ());
            }
        }
        answers
    }

    async fn first(&self, order: Option<Order>) -> Result<Option<Open>, PortError> {
        let unread = || PortError::Unavailable("the order can't be read yet".into());
        let order = order.ok_or_else(unread)?;
        if order.state != OrderState::Confirmed {
            return Ok(None);
        }
        let hold = self.parts.stock.hold(order.checkout).await?.ok_or_else(unread)?;
        match hold.state {
            HoldState::Committed => {
                let fulfillment = rules::open(&order, &hold.allocations, self.parts.clock.now());
                let pace = &self.parts.pace;
                let (due, speed) = (pace.due(&fulfillment), pace.reckons(&fulfillment));
                Ok(Some(Open { fulfillment, due, speed }))
            }
            // Where stock is a store of its own, it follows the order a little later.
            HoldState::Paying => Err(unread()),
            _ => Ok(None),
        }
    }

    /// Orders were cancelled: their parcels stay here. Repeating it changes nothing.
    ///
    /// # Errors
    /// The store's.
    pub async fn call_off(&self, order: OrderId) -> Result<(), PortError> {
        let done = self.change(order, |draft| {
            draft.call_off(self.parts.clock.now());
            Ok(())
        });
        match done.await {
            Ok(_) | Err(FulfillmentRefusal::NotFound(_)) => Ok(()),
            Err(FulfillmentRefusal::Port(error)) => Err(error),
            Err(other) => Err(PortError::Conflict(other.to_string())),
        }
    }

    /// Lets orders' own states follow their parcels, one answer each. Repeating it changes nothing.
    pub async fn orders_follow(&self, orders: &[OrderId]) -> Answers<(), PortError> {
        let mut answers = vec![Ok(()); orders.len()];
        let (mut places, mut batch) = (Vec::new(), Vec::new());
        for (place, order) in orders.iter().enumerate() {
            match self.following(*order).await {
                Ok(Some(settle)) => {
                    places.push(place);
                    batch.push(settle);
                }
                Ok(None) => {}
                Err(error) => answers[place] = Err(error),
            }
        }
        if !batch.is_empty() {
            for (place, settled) in places.into_iter().zip(self.parts.orders.settle(batch).await) {
                answers[place] = match settled {
                    Ok(_) => Ok(()),
                    Err(SettleRefusal::Port(error)) => Err(error),
                    // Somebody moved it meanwhile: the fact is told again, and read anew.
                    Err(other) => Err(PortError::Conflict(other.to_string())),
                };
            }
        }
        answers
    }

    async fn following(&self, order: OrderId) -> Result<Option<Settle>, PortError> {
        let Some(all) = self.parts.store.of_order(order).await? else { return Ok(None) };
        let Some(order) = self.parts.orders.order(order).await? else { return Ok(None) };
        let to = rules::order_follows(order.state, &all.progress());
        let at = self.parts.clock.now();
        let step = |to| Move { to, at, by: Actor::Staff, why: String::new() };
        Ok((!to.is_empty()).then(|| Settle {
            order: order.id,
            expected_version: order.version,
            moves: to.into_iter().map(step).collect(),
            answer: None,
            lease: None,
            payment: None,
            stock: None,
            cart: None,
            events: Vec::new(),
        }))
    }

    /// A shopper's own order, with its parcels and returns; `None`: it has none yet.
    ///
    /// # Errors
    /// No such order of this shopper.
    pub async fn of(
        &self,
        user: UserId,
        order: OrderId,
    ) -> Result<(Order, Option<Fulfillment>), FulfillmentRefusal> {
        let found = self.parts.orders.order(order).await?.filter(|order| order.user == user);
        let order = found.ok_or(FulfillmentRefusal::NotFound("order"))?;
        let all = self.parts.store.of_order(order.id).await?;
        Ok((order, all))
    }

    /// Asks to send something back: a return for each seller whose goods these are. The key makes them one
    /// request, however often it is asked for; they are never none.
    ///
    /// # Errors
    /// No such order of this shopper; nothing, too much or too late; the key came with another request.
    pub async fn request_return(
        &self,
        key: &ClaimKey,
        order: OrderId,
        lines: Vec<(Sku, u32)>,
        reason: ReturnReason,
    ) -> Result<(Order, Vec<Return>), FulfillmentRefusal> {
        let (order, all) = self.of(key.principal, order).await?;
        let Some(all) = all else {
            let first = lines.first().ok_or(FulfillmentRefusal::Empty)?;
            return Err(FulfillmentRefusal::NotDelivered(first.0));
        };
        let digest = derived::<()>(key, "return");
        let id: ReturnId = child(order.id, digest.tail());
        let ask = ReturnRequest { key: *digest.bytes(), id, lines, reason };
        let now = self.parts.clock.now();
        let all = self.change(all.order, |draft| draft.request(&ask, now)).await?;
        let backs: Vec<Return> = all.requested(id).into_iter().cloned().collect();
        Ok((order, backs))
    }

    /// Reads, changes, commits; again when somebody else was first.
    async fn change(
        &self,
        order: OrderId,
        decide: impl Fn(&mut Draft) -> Result<(), FulfillmentRefusal>,
    ) -> Result<Fulfillment, FulfillmentRefusal> {
        for _ in 0..TRIES {
            let stored = self.parts.store.of_order(order).await?;
            let stored = stored.ok_or(FulfillmentRefusal::NotFound("parcel"))?;
            let mut draft = Draft::of(&stored);
            decide(&mut draft)?;
            if !draft.is_changed() {
                return Ok(stored);
            }
            let step = draft.step(&self.parts.pace);
            let next = step.next.clone();
            match one(self.parts.store.step(vec![step]).await) {
                Ok(()) => return Ok(next),
                Err(StepRefusal::Stale) => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
        Err(StepRefusal::Stale.into())
    }
}
