//! The desk: reads for people, on a reader of their own. They may scan.

use super::{lists, parcels};
use crate::store::Store;
use crate::{invoices, sellers};
use async_trait::async_trait;
use rusqlite::{Connection, Params, Row};
use souk_accounts::User;
use souk_kernel::{HOUR_MS, OrderId, PortError, SellerId, Sku, Timestamp};
use souk_orders::{Order, OrderState};
use souk_payments::{Payment, Refund};
use souk_reviews::Review;
use souk_staff::{
    Begun, Desk, EMAIL_REACH, Figures, FindCustomers, FindOrders, FindParcels, FindPayments,
    FindRefunds, FindReturns, FindReviews, Hour, Low, Moment, ParcelTally, Returned, Sent, Short,
    Sought, Source, Worth,
};

/// Orders by account or by the address that they were sent to.
const BY_EMAIL: &str = "WITH theirs AS (
    SELECT l.key FROM user u JOIN order_list l ON l.user = u.id WHERE u.email = ?4
    UNION
    SELECT key FROM (SELECT key, ship_to FROM order_content ORDER BY key DESC LIMIT ?5)
      WHERE lower(json_extract(ship_to, '$.email')) = ?4)
  SELECT o.id FROM orders o JOIN theirs t ON t.key = o.key
  WHERE o.key < ?1 AND (?2 IS NULL OR o.state = ?2) ORDER BY o.key DESC LIMIT ?3";

pub(super) fn whole(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn order_id(row: &Row<'_>) -> rusqlite::Result<OrderId> {
    Ok(OrderId::from_bytes(row.get(0)?))
}

fn find(conn: &Connection, find: &FindOrders) -> rusqlite::Result<Vec<OrderId>> {
    let before = find.before.map_or(i64::MAX, |id| id.key());
    let (state, limit) = (find.state.map(OrderState::name), whole(find.limit));
    match &find.sought {
        Some(Sought::Email(email)) => {
            let reach = whole(EMAIL_REACH);
            let values = (before, state, limit, email.to_lowercase(), reach);
            conn.prepare_cached(BY_EMAIL)?.query_map(values, order_id)?.collect()
        }
        Some(Sought::Key(key)) => {
            let sql = "SELECT id FROM orders
                       WHERE key = ?4 AND key < ?1 AND (?2 IS NULL OR state = ?2) LIMIT ?3";
            let values = (before, state, limit, key);
            conn.prepare_cached(sql)?.query_map(values, order_id)?.collect()
        }
        None => {
            let sql = "SELECT id FROM orders WHERE key < ?1 AND (?2 IS NULL OR state = ?2)
                       ORDER BY key DESC LIMIT ?3";
            conn.prepare_cached(sql)?.query_map((before, state, limit), order_id)?.collect()
        }
    }
}

/// Adds the moments of a query whose columns are: when, what, detail.
fn gather(
    conn: &Connection,
    into: &mut Vec<Moment>,
    source: Source,
    sql: &str,
    values: impl Params,
) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(sql)?;
    let moment = |row: &Row<'_>| {
        Ok(Moment { at: Timestamp(row.get(0)?), source, what: row.get(1)?, detail: row.get(2)? })
    };
    for found in statement.query_map(values, moment)? {
        into.push(found?);
    }
    Ok(())
}

const CLAIMS: &str =
    "SELECT at, CASE subject WHEN ?1 THEN 'order asked for' ELSE 'checkout asked for' END,
    'key claimed, request ' || lower(hex(substr(request, 1, 6)))
  FROM claim WHERE subject IN (?1, ?2)";
const STOCK: &str = "SELECT e.at, e.kind, e.quantity || ' × ' || coalesce(p.title, 'sku ' || e.sku)
  FROM stock_entry e LEFT JOIN offer f ON f.key = e.sku LEFT JOIN product p ON p.key = f.product
  WHERE e.checkout = ?1";
const MONEY: &str =
    "SELECT at, debit || ' to ' || credit, printf('%d minor units of %s', minor, currency)
  FROM money_entry WHERE payment = ?1";
const MESSAGES: &str = "SELECT received_at, 'message ' || kind,
    provider || ' told us, ' || state || CASE tries WHEN 0 THEN '' ELSE ' after ' || tries || ' tries' END
      || coalesce(': ' || why, '')
  FROM webhook_inbox WHERE reference = ?1";
const FACTS: &str = "SELECT o.at, o.kind, 'number ' || o.number || CASE WHEN p.seq IS NULL
      THEN ' waits for its consumers' ELSE ' is parked: ' || p.reason END
  FROM outbox o LEFT JOIN outbox_parked p ON p.aggregate = o.aggregate
  WHERE o.aggregate IN (?1, ?2, ?3)";
const AUDIT: &str = "SELECT at, name, detail FROM audit WHERE subject = ?1";

fn traces(conn: &Connection, order: &Order) -> rusqlite::Result<Vec<Moment>> {
    let mut found = Vec::new();
    let ids = (order.id.bytes(), order.checkout.bytes());
    gather(conn, &mut found, Source::Claim, CLAIMS, ids)?;
    gather(conn, &mut found, Source::Stock, STOCK, [order.checkout.key()])?;
    gather(conn, &mut found, Source::Money, MONEY, [order.payment.key()])?;
    let reference = [format!("order_{}", order.id)];
    gather(conn, &mut found, Source::Gateway, MESSAGES, reference)?;
    let parcels = souk_fulfillment::Fulfillment::aggregate(order.id);
    let facts = (order.id.bytes(), order.payment.bytes(), parcels.0.as_bytes());
    gather(conn, &mut found, Source::Fact, FACTS, facts)?;
    gather(conn, &mut found, Source::Audit, AUDIT, [order.id.to_string()])?;
    found.extend(invoices::of_order(conn, order.id)?.iter().map(Moment::issued));
    found.extend(sellers::of_order(conn, order.id)?.iter().map(Moment::booked));
    Ok(found)
}

fn count(conn: &Connection, sql: &str) -> rusqlite::Result<u64> {
    conn.prepare_cached(sql)?.query_row([], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))
}

fn figures(conn: &Connection, since: Timestamp) -> rusqlite::Result<Figures> {
    // Rows lie in order of time: only those since then are read.
    let sql = "SELECT created_at / ?2, state, count(*), sum(total) FROM orders
               WHERE key >= ?1 AND created_at >= ?3 GROUP BY 1, 2 ORDER BY 1";
    let mut statement = conn.prepare_cached(sql)?;
    let values = ((since.0.max(1) - 1) << 12, HOUR_MS, since.0);
    let hour = |row: &Row<'_>| {
        let state: String = row.get(1)?;
        Ok(Hour {
            since: Timestamp(row.get::<_, i64>(0)? * HOUR_MS),
            state: OrderState::from_name(&state).ok_or(rusqlite::Error::InvalidQuery)?,
            orders: row.get::<_, i64>(2)?.cast_unsigned(),
            minor: row.get(3)?,
        })
    };
    Ok(Figures {
        hours: statement.query_map(values, hour)?.collect::<Result<_, _>>()?,
        holding: count(conn, "SELECT count(*) FROM hold WHERE state = 'held'")?,
        paying: count(
            conn,
            "SELECT count(*) FROM orders WHERE state IN ('created', 'payment_pending')",
        )?,
    })
}

#[async_trait]
impl Desk for Store {
    async fn find_orders(&self, asked: &FindOrders) -> Result<Vec<OrderId>, PortError> {
        self.read(|conn| find(conn, asked))
    }

    async fn traces(&self, order: &Order) -> Result<Vec<Moment>, PortError> {
        self.read_together(|conn| traces(conn, order))
    }

    async fn figures(&self, since: Timestamp) -> Result<Figures, PortError> {
        self.read_together(|conn| figures(conn, since))
    }

    async fn low_stock(&self, most: i64, limit: usize) -> Result<Vec<Low>, PortError> {
        self.read(|conn| {
            let sql = "SELECT sku_id, sum(max(on_hand - held - committed, 0)) AS available
                       FROM stock_level GROUP BY sku HAVING available <= ?1
                       ORDER BY available, sku LIMIT ?2";
            let low = |row: &Row<'_>| {
                Ok(Low { sku: Sku::from_bytes(row.get(0)?), available: row.get(1)? })
            };
            conn.prepare_cached(sql)?.query_map((most, whole(limit)), low)?.collect()
        })
    }

    async fn find_payments(&self, asked: &FindPayments) -> Result<Vec<Payment>, PortError> {
        self.read(|conn| lists::payments(conn, asked))
    }

    async fn find_refunds(&self, find: &FindRefunds) -> Result<Vec<Refund>, PortError> {
        self.read(|conn| lists::refunds(conn, find))
    }

    async fn find_customers(&self, asked: &FindCustomers) -> Result<Vec<User>, PortError> {
        self.read(|conn| lists::customers(conn, asked))
    }

    async fn find_reviews(&self, asked: &FindReviews) -> Result<Vec<Review>, PortError> {
        self.read(|conn| lists::reviews(conn, asked))
    }

    async fn find_returns(&self, asked: &FindReturns) -> Result<Vec<Returned>, PortError> {
        self.read(|conn| Ok(lists::returns(conn, asked)))?
    }

    async fn find_parcels(&self, asked: &FindParcels) -> Result<Vec<Sent>, PortError> {
        self.read(|conn| Ok(parcels::find(conn, asked)))?
    }

    async fn parcel_tally(
        &self,
        seller: Option<SellerId>,
        now: Timestamp,
    ) -> Result<ParcelTally, PortError> {
        self.read(|conn| parcels::tally(conn, seller, now))
    }

    async fn shortages(&self, limit: usize) -> Result<Vec<Short>, PortError> {
        self.read_together(|conn| lists::shortages(conn, limit))
    }

    async fn begun(&self, since: Timestamp, until: Timestamp) -> Result<Begun, PortError> {
        self.read(|conn| lists::begun(conn, since, until))
    }

    async fn worth(&self) -> Result<Worth, PortError> {
        self.read_together(|conn| Ok(lists::worth(conn)))?
    }
}
