//! Lists of the desk: payments, refunds, accounts, reviews, returns, shortages. For people: they may scan.

use super::desk::whole;
use crate::store::sql_error;
use crate::{accounts, fulfillment, payments, reviews};
use rusqlite::{Connection, Row};
use souk_accounts::User;
use souk_fulfillment::{Fulfillment, ReturnState};
use souk_inventory::rules::hit;
use souk_kernel::{Money, OrderId, PaymentId, PortError, RefundId, Sku, Timestamp, WarehouseId};
use souk_payments::{Payment, PaymentState, Refund, RefundState};
use souk_reviews::{Review, Standing};
use souk_staff::{
    Begun, FindCustomers, FindPayments, FindRefunds, FindReturns, FindReviews, Hurt, PASSED,
    PASSED_REACH, Returned, Short, TEXT_LEAST, Worth,
};

type Sql<T> = rusqlite::Result<T>;

/// Payments by something of them, the newest first. The planner takes a partial index only where its own
/// words stand in the statement.
fn payments_by(find: &FindPayments) -> String {
    const COLUMNS: &str = "id, order_id, user, minor, currency, method, state, gateway, gateway_ref, token,
        captured, refunded, refunding, action_url, reason, created_at, captured_at, received, account";
    const ON_ITS_WAY: &str = "('authorizing', 'authorized', 'capturing', 'captured')";
    let state = find.state.map(|state| format!("AND state = '{}'", state.name()));
    let state = state.unwrap_or_default();
    let from = match (&find.reference, find.state) {
        // An id's own text is read by its key; whatever else it is, is a name at the gateway.
        (Some(text), _) if text.parse::<PaymentId>().is_ok() => {
            format!("payment WHERE key = ?3 AND id = ?4 AND key < ?1 {state}")
        }
        (Some(_), _) => format!("payment WHERE gateway_ref = ?3 AND key < ?1 {state}"),
        (None, Some(passed)) if PASSED.contains(&passed) => format!(
            "(SELECT * FROM payment WHERE key < ?1 ORDER BY key DESC LIMIT {PASSED_REACH})
             WHERE true {state}"
        ),
        (None, Some(PaymentState::Captured) | None) => format!("payment WHERE key < ?1 {state}"),
        (None, Some(_)) => {
            format!("payment WHERE key < ?1 {state} AND state NOT IN {ON_ITS_WAY}")
        }
    };
    format!("SELECT {COLUMNS} FROM {from} ORDER BY key DESC LIMIT ?2")
}

pub(super) fn payments(conn: &Connection, find: &FindPayments) -> Sql<Vec<Payment>> {
    let before = find.before.map_or(i64::MAX, |id| id.key());
    let mut statement = conn.prepare_cached(&payments_by(find))?;
    let limit = whole(find.limit);
    let rows = match find.reference.as_deref().map(|text| (text, text.parse::<PaymentId>())) {
        Some((_, Ok(id))) => {
            statement.query_map((before, limit, id.key(), id.bytes()), payments::payment)?
        }
        Some((text, Err(_))) => statement.query_map((before, limit, text), payments::payment)?,
        None => statement.query_map((before, limit), payments::payment)?,
    };
    rows.collect()
}

pub(super) fn refunds(conn: &Connection, find: &FindRefunds) -> Sql<Vec<Refund>> {
    // Each has an index of its own, in this order.
    let open = if find.open { "r.state = 'reserved' AND" } else { "" };
    let sql = format!(
        "SELECT r.id, p.id, r.minor, p.currency, r.state, r.reason, r.created_at, p.order_id
         FROM refund r CROSS JOIN payment p ON p.key = r.payment
         WHERE {open} (r.created_at, r.id) < (?1, ?2)
         ORDER BY r.created_at DESC, r.id DESC LIMIT ?3"
    );
    let bad = || rusqlite::Error::InvalidQuery;
    let refund = |row: &Row<'_>| {
        let (currency, state): (String, String) = (row.get(3)?, row.get(4)?);
        Ok(Refund {
            id: RefundId::from_bytes(row.get(0)?),
            payment: souk_kernel::PaymentId::from_bytes(row.get(1)?),
            order: OrderId::from_bytes(row.get(7)?),
            amount: Money::new(row.get(2)?, currency.parse().map_err(|_| bad())?),
            state: RefundState::from_name(&state).ok_or_else(bad)?,
            reason: row.get(5)?,
            created_at: Timestamp(row.get(6)?),
        })
    };
    // No id is as great as the end of all of them.
    let (at, id) = find.before.map_or((i64::MAX, [0xFF; 16]), |(at, id)| (at.0, *id.bytes()));
    conn.prepare_cached(&sql)?.query_map((at, id, whole(find.limit)), refund)?.collect()
}

/// How accounts are looked for: by nothing, by how the address begins, by what is anywhere in both.
fn customers_by(text: &str) -> String {
    let from = match text.chars().count() {
        0 => "user INDEXED BY user_customer WHERE email IS NOT NULL AND user.key < ?1",
        few if few < TEXT_LEAST => "user WHERE email >= ?3 AND email < ?4 AND user.key < ?1",
        _ => {
            "customer_text JOIN user ON user.key = customer_text.rowid
             WHERE customer_text MATCH ?3 AND customer_text.rowid < ?1"
        }
    };
    let order = if from.starts_with("user") { "user.key" } else { "customer_text.rowid" };
    format!("SELECT {} FROM {from} ORDER BY {order} DESC LIMIT ?2", accounts::USER)
}

pub(super) fn customers(conn: &Connection, find: &FindCustomers) -> Sql<Vec<User>> {
    let text = find.text.to_lowercase();
    let (before, limit) = (find.before.map_or(i64::MAX, |id| id.key()), whole(find.limit));
    let mut statement = conn.prepare_cached(&customers_by(&text))?;
    let rows = match text.chars().count() {
        0 => statement.query_map((before, limit), accounts::user)?,
        few if few < TEXT_LEAST => {
            let end = format!("{text}\u{10FFFF}");
            statement.query_map((before, limit, text, end), accounts::user)?
        }
        _ => {
            // No address and no name has such a byte, and a phrase would end at it.
            if text.contains('\0') {
                return Ok(Vec::new());
            }
            let phrase = format!("\"{}\"", text.replace('"', "\"\""));
            statement.query_map((before, limit, phrase), accounts::user)?
        }
    };
    rows.collect()
}

pub(super) fn reviews(conn: &Connection, find: &FindReviews) -> Sql<Vec<Review>> {
    let standing = find.standing.map(Standing::name);
    let product = find.product.map(|id| *id.bytes());
    let (columns, limit) = (reviews::COLUMNS, whole(find.limit));
    if find.reported {
        let sql = format!(
            "SELECT {columns} FROM review WHERE reports > 0 AND (?1 IS NULL OR standing = ?1)
               AND (?2 IS NULL OR product = ?2) ORDER BY reports DESC, key DESC LIMIT ?3"
        );
        let values = (standing, product, limit);
        return conn.prepare_cached(&sql)?.query_map(values, reviews::review)?.collect();
    }
    let sql = format!(
        "SELECT {columns} FROM review WHERE key < ?1 AND (?2 IS NULL OR standing = ?2)
           AND (?3 IS NULL OR product = ?3) ORDER BY key DESC LIMIT ?4"
    );
    let values = (find.before.map_or(i64::MAX, |id| id.key()), standing, product, limit);
    conn.prepare_cached(&sql)?.query_map(values, reviews::review)?.collect()
}

/// Orders that something comes back for, the newest first; a partial index has them.
const RETURNS: &str = "SELECT order_id, version, body FROM fulfillment
  WHERE json_array_length(body, '$.returns') > 0 AND key < ?1 ORDER BY key DESC LIMIT ?2";
/// Orders with returns that one search looks through.
const RETURNS_REACH: usize = 20_000;

fn with_returns(
    conn: &Connection,
    before: Option<OrderId>,
    mut take: impl FnMut(&Fulfillment) -> bool,
) -> Result<(), PortError> {
    let before = before.map_or(i64::MAX, |id| id.key());
    let mut statement = conn.prepare_cached(RETURNS).map_err(|e| sql_error(&e))?;
    let rows = statement.query_map((before, whole(RETURNS_REACH)), fulfillment::stored);
    for row in rows.map_err(|e| sql_error(&e))? {
        if !take(&fulfillment::read(row.map_err(|e| sql_error(&e))?)?) {
            break;
        }
    }
    Ok(())
}

pub(super) fn returns(conn: &Connection, find: &FindReturns) -> Result<Vec<Returned>, PortError> {
    let mut found = Vec::new();
    with_returns(conn, find.before, |all| {
        let wanted = all.returns.iter().filter(|r| find.state.is_none_or(|s| r.state() == s));
        let returned =
            |back: &_| Returned { order: all.order, user: all.user, back: Clone::clone(back) };
        found.extend(wanted.map(returned));
        found.len() < find.limit
    })?;
    // All of an order's stand on one page: the next one begins behind the order.
    Ok(found)
}

/// Shelves on which less lies than is promised.
const SHORT: &str =
    "SELECT sku, warehouse, sku_id, warehouse_id, held + committed - on_hand AS missing
  FROM stock_level WHERE missing > 0 ORDER BY missing DESC, sku, warehouse LIMIT ?1";
/// Sold holds of one shelf, the newest first, out of the newest that are looked through.
const HELD_THERE: &str = "SELECT h.order_id, json_extract(line.value, '$[2]')
  FROM (SELECT checkout, order_id, lines FROM hold
        WHERE state = 'committed' AND order_id IS NOT NULL ORDER BY checkout DESC LIMIT ?3) h,
    json_each(h.lines) line
  WHERE json_extract(line.value, '$[0]') = ?1 AND json_extract(line.value, '$[1]') = ?2
  ORDER BY h.checkout DESC";
const HOLDS_REACH: usize = 20_000;

pub(super) fn shortages(conn: &Connection, limit: usize) -> Sql<Vec<Short>> {
    let mut shelves = conn.prepare_cached(SHORT)?;
    let shelf = |row: &Row<'_>| {
        let place: (i64, i64) = (row.get(0)?, row.get(1)?);
        let (sku, warehouse) = (Sku::from_bytes(row.get(2)?), WarehouseId::from_bytes(row.get(3)?));
        Ok((place, Short { sku, warehouse, missing: row.get(4)?, hurt: Vec::new() }))
    };
    let found: Vec<_> = shelves.query_map([whole(limit)], shelf)?.collect::<Sql<_>>()?;
    let mut holds = conn.prepare_cached(HELD_THERE)?;
    let mut short = Vec::with_capacity(found.len());
    for ((sku, warehouse), shelf) in found {
        let pieces = |row: &Row<'_>| Ok((OrderId::from_bytes(row.get(0)?), row.get::<_, u32>(1)?));
        let newest = holds.query_map((sku, warehouse, whole(HOLDS_REACH)), pieces)?;
        let newest: Vec<_> = newest.collect::<Sql<_>>()?;
        let hurt = hit(shelf.missing, &newest);
        let hurt = hurt.into_iter().map(|(order, missing)| Hurt { order, missing }).collect();
        short.push(Short { hurt, ..shelf });
    }
    Ok(short)
}

/// A checkout that began by Buy Now has no row of its own: its orders tell.
const BEGUN: &str = "SELECT count(*), coalesce(sum(paid), 0) FROM (
    SELECT checkout, max(state IN ('confirmed', 'shipped', 'delivered')) AS paid FROM (
      SELECT key AS checkout, '' AS state FROM checkout
        WHERE key >= ?1 AND created_at >= ?2 AND created_at < ?3
      UNION ALL
      SELECT checkout, state FROM orders WHERE key >= ?1 AND created_at >= ?2 AND created_at < ?3)
    GROUP BY checkout)";

const TRIES: &str = "SELECT count(*), coalesce(sum(state = 'payment_failed'), 0),
    coalesce(sum(iif(state IN ('confirmed', 'shipped', 'delivered'), total, 0)), 0)
  FROM orders WHERE key >= ?1 AND created_at >= ?2 AND created_at < ?3";

pub(super) fn begun(conn: &Connection, since: Timestamp, until: Timestamp) -> Sql<Begun> {
    let first_key = (since.0.max(1) - 1) << 12;
    let span = (first_key, since.0, until.0);
    let count = |row: &Row<'_>, at| row.get::<_, i64>(at).map(i64::cast_unsigned);
    let both = |row: &Row<'_>| Ok((count(row, 0)?, count(row, 1)?));
    let (checkouts, paid) = conn.prepare_cached(BEGUN)?.query_row(span, both)?;
    conn.prepare_cached(TRIES)?.query_row(span, |row| {
        let (tries, failed) = (count(row, 0)?, count(row, 1)?);
        Ok(Begun { checkouts, paid, minor: row.get(2)?, tries, failed })
    })
}

pub(super) fn worth(conn: &Connection) -> Result<Worth, PortError> {
    let mut returns = 0;
    with_returns(conn, None, |all| {
        let open = |back: &&souk_fulfillment::Return| {
            use ReturnState::{Label, Received, Requested};
            matches!(back.state(), Requested | Label | Received)
        };
        returns += all.returns.iter().filter(open).count() as u64;
        true
    })?;
    let count = |sql: &str| -> Result<u64, PortError> {
        let found = conn.prepare_cached(sql).and_then(|mut one| one.query_row([], |r| r.get(0)));
        found.map(i64::cast_unsigned).map_err(|e| sql_error(&e))
    };
    Ok(Worth {
        reported: count("SELECT count(*) FROM review WHERE reports > 0")?,
        held: count("SELECT count(*) FROM review WHERE standing = 'held'")?,
        refunds: count("SELECT count(*) FROM refund WHERE state = 'reserved'")?,
        returns,
    })
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod tests;
