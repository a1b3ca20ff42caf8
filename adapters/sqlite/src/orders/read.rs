//! Orders and checkouts, from their rows.

use crate::tx::Tx;
use rusqlite::{Connection, OptionalExtension, Row};
use souk_kernel::{CheckoutId, Money, OrderId, PaymentId, PortError, Timestamp, UserId};
use souk_orders::{CheckoutRecord, Lease, Order, OrderState, OrderSummary};
use std::sync::Arc;

const ORDER: &str = "SELECT o.id, o.user, o.checkout_id, o.payment_id, o.state, o.version,
  o.lease_owner, o.lease_until, o.cart_version, o.deadline, o.answer, o.moves, o.created_at,
  c.quote, c.ship_to FROM orders o JOIN order_content c ON c.key = o.key WHERE o.key = ?1";

pub(super) const LIVE: &str = "SELECT id FROM orders WHERE checkout = ?1
  AND state NOT IN ('payment_failed', 'cancelled')";

/// An order's columns, still as text.
pub(super) struct OrderRow {
    ids: [[u8; 16]; 4],
    state: String,
    version: i64,
    lease: Option<(i64, i64)>,
    cart_version: Option<i64>,
    deadline: i64,
    answer: Option<String>,
    moves: String,
    created_at: i64,
    quote: String,
    ship_to: Option<String>,
}

fn order_row(row: &Row<'_>) -> rusqlite::Result<OrderRow> {
    let owner: Option<i64> = row.get(6)?;
    let until: Option<i64> = row.get(7)?;
    Ok(OrderRow {
        ids: [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?],
        state: row.get(4)?,
        version: row.get(5)?,
        lease: owner.zip(until),
        cart_version: row.get(8)?,
        deadline: row.get(9)?,
        answer: row.get(10)?,
        moves: row.get(11)?,
        created_at: row.get(12)?,
        quote: row.get(13)?,
        ship_to: row.get(14)?,
    })
}

impl OrderRow {
    pub(super) fn into_order(self) -> Result<Order, PortError> {
        let id = OrderId::from_bytes(self.ids[0]);
        let corrupt = |what: String| PortError::Corrupt(format!("order {id}: {what}"));
        let json = |e: serde_json::Error| corrupt(e.to_string());
        let moves = self.moves.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        let ship_to = self.ship_to.as_deref().map(serde_json::from_str).transpose();
        Ok(Order {
            id,
            user: UserId::from_bytes(self.ids[1]),
            checkout: CheckoutId::from_bytes(self.ids[2]),
            payment: PaymentId::from_bytes(self.ids[3]),
            state: OrderState::from_name(&self.state)
                .ok_or_else(|| corrupt(format!("unknown state {}", self.state)))?,
            version: self.version.cast_unsigned(),
            lease: self.lease.map(|(owner, until)| Lease {
                owner: owner.cast_unsigned(),
                until: Timestamp(until),
            }),
            quote: Arc::new(serde_json::from_str(&self.quote).map_err(json)?),
            ship_to: ship_to.map_err(json)?.map(Arc::new),
            cart_version: self.cart_version.map(i64::cast_unsigned),
            deadline: Timestamp(self.deadline),
            answer: self.answer.as_deref().map(serde_json::from_str).transpose().map_err(json)?,
            moves: moves.map_err(json)?,
            created_at: Timestamp(self.created_at),
        })
    }
}

pub(super) fn order(conn: &Connection, key: i64) -> rusqlite::Result<Option<OrderRow>> {
    conn.prepare_cached(ORDER)?.query_row([key], order_row).optional()
}

/// An order, inside a transaction.
pub(super) fn order_in(tx: &Tx<'_>, id: OrderId) -> Result<Option<Order>, PortError> {
    let row = tx.first(ORDER, [id.key()], order_row)?;
    let order = row.map(OrderRow::into_order).transpose()?;
    Ok(order.filter(|o| o.id == id))
}

/// A checkout's columns, still as text.
pub(super) struct CheckoutRow {
    id: [u8; 16],
    user: [u8; 16],
    cart_version: Option<i64>,
    quote: String,
    ship_to: String,
    deadline: i64,
    created_at: i64,
}

pub(super) fn checkout(conn: &Connection, key: i64) -> rusqlite::Result<Option<CheckoutRow>> {
    let sql = "SELECT id, user, cart_version, quote, ship_to, deadline, created_at
               FROM checkout WHERE key = ?1";
    conn.prepare_cached(sql)?
        .query_row([key], |row| {
            Ok(CheckoutRow {
                id: row.get(0)?,
                user: row.get(1)?,
                cart_version: row.get(2)?,
                quote: row.get(3)?,
                ship_to: row.get(4)?,
                deadline: row.get(5)?,
                created_at: row.get(6)?,
            })
        })
        .optional()
}

impl CheckoutRow {
    pub(super) fn into_record(self) -> Result<CheckoutRecord, PortError> {
        let id = CheckoutId::from_bytes(self.id);
        let json = |e: serde_json::Error| PortError::Corrupt(format!("checkout {id}: {e}"));
        Ok(CheckoutRecord {
            id,
            user: UserId::from_bytes(self.user),
            cart_version: self.cart_version.map(i64::cast_unsigned),
            quote: Arc::new(serde_json::from_str(&self.quote).map_err(json)?),
            ship_to: Arc::new(serde_json::from_str(&self.ship_to).map_err(json)?),
            deadline: Timestamp(self.deadline),
            created_at: Timestamp(self.created_at),
        })
    }
}

pub(super) fn live_order(
    conn: &Connection,
    checkout: CheckoutId,
) -> rusqlite::Result<Option<OrderId>> {
    conn.prepare_cached(LIVE)?
        .query_row([checkout.key()], |row| Ok(OrderId::from_bytes(row.get(0)?)))
        .optional()
}

pub(super) fn of_user(
    conn: &Connection,
    user: UserId,
    before: Option<OrderId>,
    limit: usize,
) -> rusqlite::Result<Vec<OrderSummary>> {
    let sql = "SELECT o.id, o.state, o.total, o.currency, o.created_at
               FROM order_list l JOIN orders o ON o.key = l.key
               WHERE l.user = ?1 AND l.key < ?2 ORDER BY l.key DESC LIMIT ?3";
    let before = before.map_or(i64::MAX, souk_kernel::Id::key);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map((user.bytes(), before, limit), |row| {
        let bad = || rusqlite::Error::InvalidQuery;
        let state: String = row.get(1)?;
        let currency: String = row.get(3)?;
        let currency = currency.parse().map_err(|_| bad())?;
        Ok(OrderSummary {
            id: OrderId::from_bytes(row.get(0)?),
            state: OrderState::from_name(&state).ok_or_else(bad)?,
            total: Money::new(row.get(2)?, currency),
            created_at: Timestamp(row.get(4)?),
        })
    })?;
    rows.collect()
}
