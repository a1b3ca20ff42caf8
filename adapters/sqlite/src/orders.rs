//! The port of orders: `Begin` and `Settle`, each one transaction's worth of statements.
//!
//! Every intent decides before it writes: a refusal has written nothing, and the batch goes on.

mod read;
mod traces;
mod write;

use crate::inventory::spread;
use crate::store::{Priority, Store};
use async_trait::async_trait;
use souk_kernel::{Answers, CheckoutId, ClaimKey, OrderId, PortError, UserId};
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderSummary, Orders, Settle,
    SettleRefusal, StartCheckout, Started, Subject,
};
use std::sync::Arc;

/// Most orders put into lists in one job: purchases wait behind it.
const LISTED: usize = 256;

#[async_trait]
impl Orders for Store {
    async fn begin(&self, batch: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        let many = batch.len();
        // What can be prepared here keeps the writer free.
        let rows: Result<Vec<_>, _> = batch.into_iter().map(write::BeginRows::new).collect();
        let rows = match rows {
            Ok(rows) => Arc::new(rows),
            Err(error) => return spread(Err(error), many),
        };
        let shared = Arc::clone(&rows);
        let run = self.write(Priority::Purchase, move |tx| {
            shared.iter().map(|rows| write::begin(tx, rows)).collect()
        });
        let answers: Answers<write::Outcome, BeginRefusal> = spread(run.await, many);
        let finish = |(outcome, rows): (Result<write::Outcome, _>, &write::BeginRows)| {
            outcome.map(|outcome| match outcome {
                write::Outcome::Fresh => Begun::Fresh(Box::new(rows.order.clone())),
                write::Outcome::Before(order) => Begun::Before(order),
            })
        };
        answers.into_iter().zip(&*rows).map(finish).collect()
    }

    async fn settle(&self, batch: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        let many = batch.len();
        let rows: Result<Vec<_>, _> = batch.into_iter().map(write::SettleRows::new).collect();
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => return spread(Err(error), many),
        };
        let run = self.write(Priority::Purchase, move |tx| {
            rows.iter().map(|rows| write::settle(tx, rows)).collect()
        });
        spread(run.await, many)
    }

    async fn start(&self, batch: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        let many = batch.len();
        let run = self.write(Priority::Purchase, move |tx| {
            batch.iter().map(|start| write::start(tx, start)).collect()
        });
        spread(run.await, many)
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        let found = self.read(|conn| read::order(conn, id.key()))?;
        found.map(read::OrderRow::into_order).transpose().map(|o| o.filter(|o| o.id == id))
    }

    async fn orders(&self, ids: &[OrderId]) -> Result<Vec<Option<Order>>, PortError> {
        let found = self.read_together(|conn| {
            ids.iter().map(|id| read::order(conn, id.key())).collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let orders = found.into_iter().zip(ids).map(|(row, id)| {
            let order = row.map(read::OrderRow::into_order).transpose()?;
            Ok(order.filter(|order| order.id == *id))
        });
        orders.collect()
    }

    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError> {
        self.read(|conn| read::order(conn, key))?.map(read::OrderRow::into_order).transpose()
    }

    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        let found = self.read(|conn| read::checkout(conn, id.key()))?;
        let found = found.map(read::CheckoutRow::into_record).transpose()?;
        Ok(found.filter(|c| c.id == id))
    }

    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
        self.read(|conn| read::live_order(conn, checkout))
    }

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        let digest = crate::claims::digest(key);
        // The index of claims lives on the writer thread. Asked for on refusals only.
        self.write(Priority::Purchase, move |tx| {
            let Some(found) = crate::claims::find(tx, &digest)? else { return Ok(None) };
            let order = OrderId::from_bytes(found.subject);
            let is_order = tx.first(
                "SELECT 1 FROM orders WHERE key = ?1 AND id = ?2",
                (order.key(), order.bytes()),
                |_| Ok(()),
            )?;
            let subject = match is_order {
                Some(()) => Subject::Order(order),
                None => Subject::Checkout(CheckoutId::from_bytes(found.subject)),
            };
            Ok(Some(Claimed { request: found.request, subject }))
        })
        .await
    }

    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(Priority::Background, move |tx| {
            tx.rows(
                "SELECT id FROM orders WHERE state IN ('created', 'payment_pending')
                   AND coalesce(lease_until, 0) <= ?1 ORDER BY key LIMIT ?2",
                (tx.now.0, limit),
                |row| Ok(OrderId::from_bytes(row.get(0)?)),
            )
        })
        .await
    }

    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        self.read(|conn| read::of_user(conn, user, before, limit))
    }

    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError> {
        for piece in orders.chunks(LISTED) {
            let piece = piece.to_vec();
            self.write(Priority::Background, move |tx| {
                for order in &piece {
                    tx.execute(
                        "INSERT OR IGNORE INTO order_list (user, key)
                         SELECT user, key FROM orders WHERE key = ?1 AND id = ?2",
                        (order.key(), order.bytes()),
                    )?;
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    }
}
