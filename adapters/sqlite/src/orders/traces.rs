//! Taking a person out of orders.

use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::Connection;
use souk_kernel::{OrderId, PaymentId, PortError, UserId};
use souk_orders::{OrderState, OrderTraces};

/// Rows changed in one job: purchases wait behind it.
const PIECE: usize = 256;
/// Checkouts looked through in one read: nobody else's is kept by shopper, so all are asked, piece by
/// piece and off the writer.
const LOOKED_AT: i64 = 20_000;

/// The states in which an order has ended, as SQL lists them.
fn ended() -> String {
    let ended = OrderState::ALL.into_iter().filter(|state| state.has_ended());
    ended.map(|state| format!("'{}'", state.name())).collect::<Vec<_>>().join(", ")
}

fn under_way(conn: &Connection, user: UserId, limit: usize) -> rusqlite::Result<Vec<OrderId>> {
    let sql = format!(
        "SELECT o.id FROM order_list l JOIN orders o ON o.key = l.key
         WHERE l.user = ?1 AND o.state NOT IN ({}) ORDER BY l.key LIMIT ?2",
        ended()
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut open = conn.prepare_cached(&sql)?;
    open.query_map((user.bytes(), limit), |row| row.get(0).map(OrderId::from_bytes))?.collect()
}

/// A shopper's next orders after a key that have ended and keep an address.
fn with_address(conn: &Connection, user: UserId, after: i64) -> rusqlite::Result<Vec<i64>> {
    let sql = format!(
        "SELECT l.key FROM order_list l JOIN orders o ON o.key = l.key
         JOIN order_content c ON c.key = l.key
         WHERE l.user = ?1 AND l.key > ?2 AND c.ship_to IS NOT NULL AND o.state IN ({})
         ORDER BY l.key LIMIT ?3",
        ended()
    );
    let mut found = conn.prepare_cached(&sql)?;
    found.query_map((user.bytes(), after, PIECE as i64), |row| row.get(0))?.collect()
}

/// The shopper's checkouts among the next ones after a key, and the last key looked at.
fn checkouts(
    conn: &Connection,
    user: UserId,
    after: i64,
) -> rusqlite::Result<(Vec<i64>, Option<i64>)> {
    let last: Option<i64> = conn
        .prepare_cached(
            "SELECT max(key) FROM (SELECT key FROM checkout WHERE key > ?1 ORDER BY key LIMIT ?2)",
        )?
        .query_row((after, LOOKED_AT), |row| row.get(0))?;
    let Some(last) = last else { return Ok((Vec::new(), None)) };
    let sql = "SELECT key FROM checkout WHERE key > ?1 AND key <= ?2 AND user = ?3";
    let mut own = conn.prepare_cached(sql)?;
    let rows = own.query_map((after, last, user.bytes()), |row| row.get(0))?;
    Ok((rows.collect::<rusqlite::Result<_>>()?, Some(last)))
}

/// An order that has ended never moves again: what was read still holds.
fn blank_orders(tx: &Tx<'_>, keys: &[i64]) -> Result<(), PortError> {
    for key in keys {
        tx.execute("UPDATE order_content SET ship_to = NULL WHERE key = ?1", [key])?;
        blank_token(tx, *key)?;
    }
    Ok(())
}

/// Money goes back by the payment's name at the gateway: the token took it, and is not asked for again.
fn blank_token(tx: &Tx<'_>, order: i64) -> Result<(), PortError> {
    let of = "SELECT payment_id FROM orders WHERE key = ?1";
    let payment = tx.first(of, [order], |row| row.get(0).map(PaymentId::from_bytes))?;
    if let Some(payment) = payment {
        let blank = "UPDATE payment SET token = '' WHERE key = ?1 AND id = ?2 AND token <> ''";
        tx.execute(blank, (payment.key(), payment.bytes()))?;
    }
    Ok(())
}

fn blank_own(tx: &Tx<'_>, user: UserId, orders: &[OrderId]) -> Result<(), PortError> {
    for order in orders {
        let own = "SELECT 1 FROM orders WHERE key = ?1 AND id = ?2 AND user = ?3";
        let place = (order.key(), order.bytes(), user.bytes());
        if tx.first(own, place, |row| row.get::<_, i64>(0))?.is_some() {
            blank_orders(tx, &[order.key()])?;
        }
    }
    Ok(())
}

fn blank_checkouts(tx: &Tx<'_>, keys: &[i64]) -> Result<(), PortError> {
    let nobody = serde_json::to_string(&souk_orders::ShipTo::default())
        .map_err(|error| PortError::Corrupt(error.to_string()))?;
    for key in keys {
        tx.execute("UPDATE checkout SET ship_to = ?2 WHERE key = ?1", (key, &nobody))?;
    }
    Ok(())
}

#[async_trait]
impl OrderTraces for Store {
    async fn under_way(&self, user: UserId, limit: usize) -> Result<Vec<OrderId>, PortError> {
        self.read(|conn| under_way(conn, user, limit))
    }

    async fn forget_shopper(&self, user: UserId, over: &[OrderId]) -> Result<(), PortError> {
        for piece in over.chunks(PIECE) {
            let piece = piece.to_vec();
            self.write(Priority::Background, move |tx| blank_own(tx, user, &piece)).await?;
        }
        let mut after = 0;
        loop {
            let keys = self.read(|conn| with_address(conn, user, after))?;
            let Some(last) = keys.last() else { break };
            after = *last;
            self.write(Priority::Background, move |tx| blank_orders(tx, &keys)).await?;
        }
        let mut after = 0;
        loop {
            let (keys, last) = self.read(|conn| checkouts(conn, user, after))?;
            for piece in keys.chunks(PIECE) {
                let piece = piece.to_vec();
                self.write(Priority::Background, move |tx| blank_checkouts(tx, &piece)).await?;
            }
            let Some(last) = last else { break };
            after = last;
        }
        Ok(())
    }
}
