//! The port of parcels and returns.

use crate::inventory::{leave, plan_parcel, spread};
use crate::outbox;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row};
use souk_fulfillment::{Fulfillment, Fulfillments, Open, ParcelStage, Step, StepRefusal};
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
        "INSERT INTO fulfillment (key, order_id, version, due, speed, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (key) DO NOTHING",
        (
            all.order.key(),
            all.order.bytes(),
            all.version.cast_signed(),
            open.due.map(|due| due.0),
            open.speed,
            body(all)?,
        ),
    )?;
    if rows == 1 {
        list(tx, all)?;
    }
    Ok(rows == 1)
}

/// Keeps the list of parcels true: a row that says so already is left alone.
fn list(tx: &Tx<'_>, all: &Fulfillment) -> Result<(), PortError> {
    let awaited = all.awaited().0;
    for parcel in &all.parcels {
        tx.execute(
            "INSERT INTO parcel (key, no, stage, awaited, seller, warehouse)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (key, no) DO UPDATE SET stage = excluded.stage
             WHERE stage <> excluded.stage",
            (
                all.order.key(),
                parcel.no,
                ParcelStage::of(parcel.state()).rank(),
                awaited,
                parcel.seller.bytes(),
                parcel.warehouse.bytes(),
            ),
        )?;
    }
    Ok(())
}

/// Decides and writes a step.
pub(crate) fn change(tx: &mut Tx<'_>, step: &Step) -> Result<Result<(), StepRefusal>, PortError> {
    let order = step.next.order;
    let sql = "SELECT version FROM fulfillment WHERE key = ?1 AND order_id = ?2";
    let version: Option<i64> = tx.first(sql, (order.key(), order.bytes()), |row| row.get(0))?;
    if version.map(i64::unsigned_abs) != Some(step.expected_version) {
        return Ok(Err(StepRefusal::Stale));
    }
    if let Some(key) = &step.key {
        let sql = "SELECT order_id FROM return_key WHERE digest = ?1";
        let of: Option<[u8; 16]> = tx.first(sql, [key], |row| row.get(0))?;
        if of.is_some_and(|of| of != *order.bytes()) {
            return Ok(Err(StepRefusal::KeyReused));
        }
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
        "UPDATE fulfillment SET version = ?2, due = ?3, speed = ?4, body = ?5 WHERE key = ?1",
        (
            order.key(),
            step.next.version.cast_signed(),
            step.due.map(|due| due.0),
            step.speed,
            body(&step.next)?,
        ),
    )?;
    list(tx, &step.next)?;
    if let Some(key) = &step.key {
        let sql =
            "INSERT INTO return_key (digest, order_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        tx.execute(sql, (key, order.bytes()))?;
    }
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

    async fn reckoned_otherwise(
        &self,
        speed: u32,
        limit: usize,
    ) -> Result<Vec<Fulfillment>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Two ranges of one index: whatever is reckoned by this speed is stepped over.
        let sql = "SELECT order_id, version, body FROM fulfillment
                   WHERE speed IS NOT NULL AND (speed < ?1 OR speed > ?1) LIMIT ?2";
        let found = self
            .read(|conn| conn.prepare_cached(sql)?.query_map((speed, limit), stored)?.collect());
        let found: Vec<_> = found?;
        found.into_iter().map(read).collect()
    }
}
