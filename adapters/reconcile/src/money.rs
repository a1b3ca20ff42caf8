//! Payments, refunds and the money ledger agree, and no bound is crossed.

use crate::orders::Seen;
use crate::report::Collector;
use crate::sql::{self, Check, key};
use rusqlite::Connection;

/// Sums of the ledger, in the connection's own temporary tables.
const SUMS: &str = "
CREATE TEMP TABLE posted (
  payment INTEGER PRIMARY KEY, captured INTEGER NOT NULL, captures INTEGER NOT NULL,
  refunded INTEGER NOT NULL, refunds INTEGER NOT NULL
);
INSERT INTO posted
  SELECT payment, sum(iif(refund IS NULL, minor, 0)), sum(refund IS NULL),
         sum(iif(refund IS NULL, 0, minor)), sum(refund IS NOT NULL)
  FROM money_entry GROUP BY payment;
CREATE TEMP TABLE given (
  payment INTEGER NOT NULL, refund BLOB NOT NULL, minor INTEGER NOT NULL, times INTEGER NOT NULL,
  PRIMARY KEY (payment, refund)
) WITHOUT ROWID;
INSERT INTO given
  SELECT payment, refund, sum(minor), count(*) FROM money_entry
  WHERE refund IS NOT NULL GROUP BY payment, refund;
CREATE TEMP TABLE asked (
  payment INTEGER PRIMARY KEY, reserved INTEGER NOT NULL, succeeded INTEGER NOT NULL
);
INSERT INTO asked
  SELECT payment, sum(iif(state = 'reserved', minor, 0)), sum(iif(state = 'succeeded', minor, 0))
  FROM refund GROUP BY payment;
";

const CHECKS: [Check; 10] = [
    Check {
        invariant: "paid-once",
        sql: "SELECT id AS payment, order_id AS \"order\", 'of ' || minor || ', ' || captured ||
                ' is taken, ' || refunded || ' given back, ' || refunding || ' on its way back' AS what
              FROM payment
              WHERE minor < 0 OR captured < 0 OR captured > minor OR refunded < 0 OR refunding < 0
                 OR refunded + refunding > captured",
    },
    Check {
        invariant: "paid-once",
        sql: "SELECT id AS payment, order_id AS \"order\", 'is ' || state || ', with ' || captured ||
                ' of ' || minor || ' taken' AS what
              FROM payment
              WHERE CASE state WHEN 'captured' THEN captured <> minor OR captured_at IS NULL
                    ELSE captured <> 0 OR captured_at IS NOT NULL END",
    },
    Check {
        invariant: "drawn-edges-only",
        sql: "SELECT id AS payment, 'its state `' || state || '` is not known' AS what FROM payment
              WHERE state NOT IN ('authorizing', 'requires_action', 'awaiting_transfer',
                'authorized', 'declined', 'voiding', 'voided', 'capturing', 'captured')
                OR state = 'awaiting_transfer' AND method <> 'bank_transfer'
                OR state IN ('requires_action', 'authorized', 'capturing')
                  AND method = 'bank_transfer'",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT p.id AS payment, 'says ' || p.captured || ' taken, the money ledger says ' ||
                coalesce(l.captured, 0) || ' in ' || coalesce(l.captures, 0) || ' entries' AS what
              FROM payment p LEFT JOIN posted l ON l.payment = p.key
              WHERE p.captured <> coalesce(l.captured, 0) OR coalesce(l.captures, 0) > 1",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT p.id AS payment, 'says ' || p.refunded || ' given back, the money ledger says ' ||
                coalesce(l.refunded, 0) AS what
              FROM payment p LEFT JOIN posted l ON l.payment = p.key
              WHERE p.refunded <> coalesce(l.refunded, 0)",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT p.id AS payment, 'says ' || p.refunded || ' given back and ' || p.refunding ||
                ' on its way, its refunds say ' || coalesce(r.succeeded, 0) || ' and ' ||
                coalesce(r.reserved, 0) AS what
              FROM payment p LEFT JOIN asked r ON r.payment = p.key
              WHERE p.refunded <> coalesce(r.succeeded, 0) OR p.refunding <> coalesce(r.reserved, 0)",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT r.id AS refund, p.id AS payment,
                CASE WHEN p.key IS NULL THEN 'its payment is not there'
                     WHEN r.state NOT IN ('reserved', 'succeeded', 'failed')
                     THEN 'its state `' || r.state || '` is not known'
                     ELSE 'is a refund of nothing' END AS what
              FROM refund r LEFT JOIN payment p ON p.key = r.payment
              WHERE p.key IS NULL OR r.state NOT IN ('reserved', 'succeeded', 'failed') OR r.minor <= 0",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT r.id AS refund, 'is ' || r.state || ' over ' || r.minor ||
                ', the money ledger gave back ' || coalesce(g.minor, 0) || ' in ' ||
                coalesce(g.times, 0) || ' entries' AS what
              FROM refund r LEFT JOIN given g ON g.payment = r.payment AND g.refund = r.id
              WHERE CASE r.state WHEN 'succeeded' THEN coalesce(g.times, 0) <> 1 OR g.minor <> r.minor
                    ELSE g.times IS NOT NULL END",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT g.refund AS refund, 'the money ledger gives it back, but there is no such refund'
                AS what
              FROM given g LEFT JOIN refund r ON r.payment = g.payment AND r.id = g.refund
              WHERE r.id IS NULL",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT m.seq AS \"money entry\", p.id AS payment,
                CASE WHEN p.key IS NULL THEN 'its payment is not there'
                     WHEN m.currency <> p.currency THEN 'its currency is not its payment''s'
                     WHEN m.minor <= 0 THEN 'moves nothing'
                     ELSE 'moves money from ' || m.credit || ' to ' || m.debit || ', which is neither '
                       || 'a capture nor a refund' END AS what
              FROM money_entry m LEFT JOIN payment p ON p.key = m.payment
              WHERE p.key IS NULL OR m.currency <> p.currency OR m.minor <= 0
                 OR m.debit IS NOT iif(m.refund IS NULL, 'gateway', 'sales')
                 OR m.credit IS NOT iif(m.refund IS NULL, 'sales', 'gateway')",
    },
];

/// Run only where there are more payments than orders account for.
const STRAY: [Check; 2] = [
    Check {
        invariant: "paid-once",
        sql: concat!(
            "SELECT p.id AS payment, p.order_id AS \"order\", 'a charge (' || p.state ||
               ') without an order' AS what
             FROM payment p
             LEFT JOIN orders o ON o.key = ",
            key!("p.order_id"),
            " AND o.id = p.order_id
             WHERE o.key IS NULL AND p.state IN ('authorized', 'capturing', 'captured')"
        ),
    },
    Check {
        invariant: "no-lost-order",
        sql: concat!(
            "SELECT p.id AS payment, p.order_id AS \"order\",
               iif(o.key IS NULL, 'the order that it pays is not there',
                   'the order that it pays has another payment') AS what
             FROM payment p
             LEFT JOIN orders o ON o.key = ",
            key!("p.order_id"),
            " AND o.id = p.order_id
             WHERE o.key IS NULL OR o.payment_id <> p.id"
        ),
    },
];

/// Run only where there are fewer entries than the last one says.
const HOLE: Check = Check {
    invariant: "ledgers-sum",
    sql: "SELECT before + 1 AS \"money entry\", 'the money ledger lacks it, and all up to ' ||
                (seq - 1) AS what
              FROM (SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS before FROM money_entry)
              WHERE seq <> before + 1",
};

/// Checks everything about money that the database alone can tell. `seen`: what the orders account
/// for.
pub fn check(conn: &Connection, seen: Seen, found: &mut Collector) -> rusqlite::Result<()> {
    conn.execute_batch(SUMS)?;
    sql::run(conn, &CHECKS, found)?;
    let payments = sql::count(conn, "payment")?;
    if payments != seen.payments {
        sql::run(conn, &STRAY, found)?;
    }
    let entries = sql::count(conn, "money_entry")?;
    let last: Option<i64> =
        conn.query_row("SELECT max(seq) FROM money_entry", [], |row| row.get(0))?;
    if last.unwrap_or(0).unsigned_abs() != entries {
        sql::run(conn, &[HOLE], found)?;
    }
    found.checked("payments", payments);
    found.checked("refunds", sql::count(conn, "refund")?);
    found.checked("money entries", entries);
    Ok(())
}
