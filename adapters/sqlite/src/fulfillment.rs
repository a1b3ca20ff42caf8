//! The port of parcels and returns.

use crate::inventory::{leave, plan_parcel, spread};
use crate::outbox;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row};
use souk_fulfillment::{Fulfillment, Fulfillments, Open, Step, StepRefusal};
use souk_kernel::{Answers, OrderId, PortError};

/// The columns of [`stored`].
const COLUMNS: &str = "order_id, version, body";

pub(crate) fn stored(row: &Row<'_>) -> rusqlite::Result<([u8; 16], i64, String)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

pub(crate) fn read(
    (order, version, body): ([u8; 16], i64, String),
) -> Result<Fulfillment, PortError> {
    let corrupt = |e: serde_json::Error| {
        PortError::Corrupt(format!("parcels of {}: {e}", OrderId::from_bytes(order)))
    };
    let all: Fulfillment = serde_json::from_str(&body).map_err(corrupt)?;
    Ok(Fulfillment { version: version.unsigned_abs(), ..all })
}

fn body(all: &Fulfillment) -> Result<String, PortError> {
    serde_json::to_string(all).map_err(|e| PortError::Corrupt(e.to_string()))
}

fn insert(tx: &Tx<'_>, open: &Open) -> Result<bool, PortError> {
    let all = &open.fulfillment;
    let rows = tx.execute(
        "INSERT INTO fulfillment (key, order_id, version, due, body) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (key) DO NOTHING",
        (
            all.order.key(),
            all.order.bytes(),
            all.version.cast_signed(),
            open.due.map(|due| due.0),
            body(all)?,
        ),
    )?;
    Ok(rows == 1)
}

/// Decides and writes a step.
pub(crate) fn change(tx: &mut Tx<'_>, step: &Step) -> Result<Result<(), StepRefusal>, PortError> {
    let order = step.next.order;
    let sql = "SELECT version FROM fulfillment WHERE key = ?1 AND order_id = ?2";
    let version: Option<i64> = tx.first(sql, (order.key(), order.bytes()), |row| row.get(0))?;
    if version.map(i64::unsigned_abs) != Some(step.expected_version) {
        return Ok(Err(StepRefusal::Stale));
    }
    let mut plans = Vec::with_capacity(step.stock.len());
    for parcel in &step.stock {
        match plan_parcel(tx, parcel)? {
            Ok(plan) => plans.push(plan),
            Err(refusal) => return Ok(Err(StepRefusal::Stock(refusal))),
        }
    }
    // Nothing is refused from here on.
    for (parcel, plan) in step.stock.iter().zip(plans) {
        leave(tx, parcel, plan)?;
    }
    tx.execute(
        "UPDATE fulfillment SET version = ?2, due = ?3, body = ?4 WHERE key = ?1",
        (
            order.key(),
            step.next.version.cast_signed(),
            step.due.map(|due| due.0),
            body(&step.next)?,
        ),
    )?;
    step.events.iter().try_for_each(|event| outbox::insert(tx, event))?;
    Ok(Ok(()))
}

#[async_trait]
impl Fulfillments for Store {
    async fn open(&self, batch: Vec<Open>) -> Answers<bool, PortError> {
        let many = batch.len();
        let run = self.write(Priority::Background, move |tx| {
            batch.iter().map(|open| insert(tx, open).map(Ok)).collect()
        });
        spread::<_, PortError>(run.await, many)
    }

    async fn step(&self, batch: Vec<Step>) -> Answers<(), StepRefusal> {
        let many = batch.len();
        let run = self.write(Priority::Background, move |tx| {
            batch.iter().map(|step| change(tx, step)).collect()
        });
        spread(run.await, many)
    }

    async fn of_order(&self, order: OrderId) -> Result<Option<Fulfillment>, PortError> {
        let found = self.read(|conn| {
            let sql = format!("SELECT {COLUMNS} FROM fulfillment WHERE key = ?1 AND order_id = ?2");
            conn.prepare_cached(&sql)?.query_row((order.key(), order.bytes()), stored).optional()
        })?;
        found.map(read).transpose()
    }

    async fn due(&self, limit: usize) -> Result<Vec<Fulfillment>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT order_id, version, body FROM fulfillment
                   WHERE due <= ?1 ORDER BY due, key LIMIT ?2";
        // The store's clock decides, not the caller's.
        let found =
            self.write(Priority::Background, move |tx| tx.rows(sql, (tx.now.0, limit), stored));
        found.await?.into_iter().map(read).collect()
    }
}
