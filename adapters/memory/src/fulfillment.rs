//! Parcels and returns in memory, in the co-located shop: the executable specification of the port.

use crate::orders::{MemoryShop, ShopRows};
use async_trait::async_trait;
use souk_fulfillment::{Fulfillment, Fulfillments, Open, Step, StepRefusal};
use souk_kernel::{Answers, OrderId, PortError, Timestamp};
use std::collections::BTreeMap;

/// Parcels and returns, without a lock.
#[derive(Debug, Clone, Default)]
pub struct FulfillmentRows {
    rows: BTreeMap<OrderId, Row>,
    /// Which order a request's key is of, by its digest.
    keys: BTreeMap<[u8; 16], OrderId>,
}

/// What is kept of an order: its parcels, when they are due, and by which speed that was reckoned.
#[derive(Debug, Clone)]
struct Row {
    all: Fulfillment,
    due: Option<Timestamp>,
    speed: Option<u32>,
}

impl FulfillmentRows {
    /// An order's.
    #[must_use]
    pub fn get(&self, order: OrderId) -> Option<&Fulfillment> {
        self.rows.get(&order).map(|row| &row.all)
    }

    /// All of them, the oldest order first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Fulfillment> {
        self.rows.values().map(|row| &row.all)
    }

    fn open(&mut self, open: Open) -> bool {
        let order = open.fulfillment.order;
        if self.rows.contains_key(&order) {
            return false;
        }
        let Open { fulfillment: all, due, speed } = open;
        self.rows.insert(order, Row { all, due, speed });
        true
    }

    fn due(&self, now: Timestamp, limit: usize) -> Vec<Fulfillment> {
        let ready = |row: &Row| row.due.filter(|due| *due <= now).map(|due| (due, row.all.order));
        let mut found: Vec<_> = self.rows.values().filter_map(ready).collect();
        found.sort_unstable();
        found.truncate(limit);
        found.iter().filter_map(|(_, order)| self.get(*order).cloned()).collect()
    }

    fn reckoned_otherwise(&self, speed: u32, limit: usize) -> Vec<Fulfillment> {
        let other = |row: &&Row| row.speed.is_some_and(|by| by != speed);
        self.rows.values().filter(other).take(limit).map(|row| row.all.clone()).collect()
    }
}

impl ShopRows {
    /// Decides and does a step.
    ///
    /// # Errors
    /// Somebody was first; the stock can't follow.
    pub fn step_parcels(&mut self, step: Step, now: Timestamp) -> Result<(), StepRefusal> {
        let order = step.next.order;
        let stored = self.fulfillments.get(order).map(|all| all.version);
        if stored != Some(step.expected_version) {
            return Err(StepRefusal::Stale);
        }
        let claimed = step.key.and_then(|key| self.fulfillments.keys.get(&key));
        if claimed.is_some_and(|of| *of != order) {
            return Err(StepRefusal::KeyReused);
        }
        let plans: Result<Vec<_>, _> =
            step.stock.iter().map(|parcel| self.stock.plan_parcel(parcel)).collect();
        // Nothing is refused from here on.
        for plan in plans.map_err(StepRefusal::Stock)? {
            self.stock.execute_parcel(plan, now);
        }
        step.events.into_iter().for_each(|event| self.outbox.push(event));
        let Step { next: all, due, speed, key, .. } = step;
        self.fulfillments.keys.extend(key.map(|key| (key, order)));
        self.fulfillments.rows.insert(order, Row { all, due, speed });
        Ok(())
    }
}

#[async_trait]
impl Fulfillments for MemoryShop {
    async fn open(&self, batch: Vec<Open>) -> Answers<bool, PortError> {
        self.with_rows(|rows, _| {
            batch.into_iter().map(|open| Ok(rows.fulfillments.open(open))).collect()
        })
    }

    async fn step(&self, batch: Vec<Step>) -> Answers<(), StepRefusal> {
        self.with_rows(|rows, now| {
            batch.into_iter().map(|step| rows.step_parcels(step, now)).collect()
        })
    }

    async fn of_order(&self, order: OrderId) -> Result<Option<Fulfillment>, PortError> {
        Ok(self.with_rows(|rows, _| rows.fulfillments.get(order).cloned()))
    }

    async fn due(&self, limit: usize) -> Result<Vec<Fulfillment>, PortError> {
        Ok(self.with_rows(|rows, now| rows.fulfillments.due(now, limit)))
    }

    async fn reckoned_otherwise(
        &self,
        speed: u32,
        limit: usize,
    ) -> Result<Vec<Fulfillment>, PortError> {
        Ok(self.with_rows(|rows, _| rows.fulfillments.reckoned_otherwise(speed, limit)))
    }
}
