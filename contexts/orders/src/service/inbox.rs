//! Working the inbox: each message of a gateway triggers one look at the gateway's own record.

use super::Saga;
use crate::Order;
use futures_util::future::join_all;
use souk_kernel::{OrderId, PortError};
use souk_payments::rules::inbox::{KEEP_MS, in_vain};
use souk_payments::{Inbox, Outcome, Waiting, Worked, order_of};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Orders that are looked at, at a time.
const CONCURRENT: usize = 32;

/// Works what the inbox holds. Several may: a message worked twice is worked once.
#[derive(Clone)]
pub struct InboxWorker {
    saga: Saga,
    inbox: Arc<dyn Inbox>,
}

impl InboxWorker {
    /// Over the purchase and the inbox.
    #[must_use]
    pub const fn new(saga: Saga, inbox: Arc<dyn Inbox>) -> Self {
        Self { saga, inbox }
    }

    /// Works messages whose time has come, at most `limit`; says how many. A message about an order
    /// that is not there yet, or that somebody is just working on, waits for its next try.
    ///
    /// # Errors
    /// The inbox's. What fails for one order is recorded with its messages.
    pub async fn work(&self, limit: usize) -> Result<usize, PortError> {
        let clock = &self.saga.parts.clock;
        let due = self.inbox.due(clock.now(), limit).await?;
        // Several messages about one order are one look.
        let mut orders: BTreeMap<Option<OrderId>, Vec<&Waiting>> = BTreeMap::new();
        for waiting in &due {
            orders.entry(order_of(&waiting.message.reference)).or_default().push(waiting);
        }
        let orders: Vec<_> = orders.into_iter().collect();
        for piece in orders.chunks(CONCURRENT) {
            let looks = join_all(piece.iter().map(|(order, _)| self.look(*order))).await;
            let now = clock.now();
            let ended = |waiting: &&Waiting, look: &Result<(), String>| Worked {
                no: waiting.no,
                tries: waiting.tries,
                outcome: match look {
                    Ok(()) => Outcome::Done,
                    Err(why) => in_vain(waiting.tries, why.as_str(), now),
                },
            };
            let tries = piece
                .iter()
                .zip(&looks)
                .flat_map(|((_, messages), look)| messages.iter().map(move |w| ended(w, look)));
            let tries: Vec<Worked> = tries.collect();
            for parked in tries.iter().filter(|t| matches!(t.outcome, Outcome::Parked { .. })) {
                tracing::error!(message = parked.no.0, outcome = ?parked.outcome, "parked");
            }
            self.inbox.worked(tries, now).await?;
        }
        Ok(due.len())
    }

    /// Forgets messages that are done for a month, at most `limit`; says how many.
    ///
    /// # Errors
    /// The inbox's.
    pub async fn prune(&self, limit: usize) -> Result<usize, PortError> {
        let before = self.saga.parts.clock.now().plus_ms(-KEEP_MS);
        self.inbox.prune(before, limit).await
    }

    /// Looks at an order; why not, in words for an operator.
    async fn look(&self, order: Option<OrderId>) -> Result<(), String> {
        // Not about an order: nothing that we could look at, now or later.
        let Some(order) = order else { return Ok(()) };
        match self.saga.sync(order).await {
            Ok(Some(order)) if is_worked_on(&order) => Err("the order is being worked on".into()),
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err("there is no such order yet".into()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Its saga is under way, or the gateway did not say how things stand.
fn is_worked_on(order: &Order) -> bool {
    order.state.is_open() && order.lease.is_some_and(|lease| lease.owner != 0)
}
