//! The seller ledger: it adds up to what was charged and given back, by the rates that were in force.

use crate::report::Collector;
use crate::sql::{self, Check, key};
use rusqlite::Connection;

/// What each order's lines add up to, and each sale's, in the connection's own temporary tables.
const SUMS: &str = "
CREATE TEMP TABLE booked (
  order_key INTEGER PRIMARY KEY, order_id BLOB, sold INTEGER NOT NULL, back INTEGER NOT NULL
);
INSERT INTO booked
  SELECT order_key, min(order_id), sum(iif(kind = 'sale', minor, 0)),
         sum(iif(kind = 'refund', minor, 0))
  FROM seller_line WHERE order_id IS NOT NULL GROUP BY order_key;
CREATE TEMP TABLE taken_from (
  of_line BLOB NOT NULL, kind TEXT NOT NULL, minor INTEGER NOT NULL, lines INTEGER NOT NULL,
  PRIMARY KEY (of_line, kind)
) WITHOUT ROWID;
INSERT INTO taken_from
  SELECT of_line, kind, sum(minor), count(*) FROM seller_line
  WHERE of_line IS NOT NULL GROUP BY of_line, kind;
";

/// A part of an amount, by a rate in basis points, rounded half to even.
macro_rules! part {
    ($minor:literal, $rate:literal) => {
        concat!(
            "((",
            $minor,
            ") * ",
            $rate,
            " / 10000 + (((",
            $minor,
            ") * ",
            $rate,
            " % 10000 > 5000) OR ((",
            $minor,
            ") * ",
            $rate,
            " % 10000 = 5000 AND (",
            $minor,
            ") * ",
            $rate,
            " / 10000 % 2 = 1)))"
        )
    };
}

const CHECKS: [Check; 9] = [
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT seller AS seller, 'has a balance of ' || coalesce(said, 'none') || ' ' || currency ||
                ', its ledger adds up to ' || coalesce(sum, 'none') AS what
              FROM (SELECT seller, currency, sum(minor) AS sum FROM seller_line GROUP BY 1, 2)
              FULL JOIN (SELECT seller, currency, minor AS said FROM seller_balance)
              USING (seller, currency)
              WHERE sum IS NOT said",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT o.id AS \"order\", 'costs ' || o.total || ', its sale lines add up to ' || b.sold AS what
              FROM booked b JOIN orders o ON o.key = b.order_key AND o.id = b.order_id
              WHERE o.total <> b.sold",
    },
    Check {
        invariant: "no-lost-order",
        sql: "SELECT b.order_id AS \"order\", 'has seller lines and is not there' AS what
              FROM booked b LEFT JOIN orders o ON o.key = b.order_key AND o.id = b.order_id
              WHERE o.key IS NULL",
    },
    Check {
        invariant: "ledgers-sum",
        sql: concat!(
            "SELECT c.order_id AS \"order\", c.key AS \"seller line\", 'is a commission of ' || -c.minor ||
               ' on ' || s.minor || ' at ' || s.basis_points || ' basis points' AS what
             FROM seller_line c JOIN seller_line s ON s.order_key = c.order_key AND s.id = c.of_line
             WHERE c.kind = 'commission' AND (s.kind <> 'sale' OR c.seller <> s.seller
               OR c.basis_points <> s.basis_points OR -c.minor <> ",
            part!("s.minor", "s.basis_points"),
            ")"
        ),
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT l.order_id AS \"order\", l.key AS \"seller line\", 'takes from a line that is not there' AS what
              FROM seller_line l LEFT JOIN seller_line s ON s.order_key = l.order_key AND s.id = l.of_line
              WHERE l.kind IN ('commission', 'refund', 'commission_reversal') AND s.key IS NULL",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT s.order_id AS \"order\", s.key AS \"seller line\", 'is charged at ' || s.basis_points ||
                ' basis points, ' || coalesce(r.basis_points, 'no rate') || ' were in force' AS what
              FROM seller_line s JOIN orders o ON o.key = s.order_key
              JOIN seller_account a ON a.id = s.seller
              LEFT JOIN seller_rate r ON r.seller = s.seller AND r.from_at = coalesce(
                (SELECT max(from_at) FROM seller_rate WHERE seller = s.seller AND from_at <= o.created_at),
                (SELECT min(from_at) FROM seller_rate WHERE seller = s.seller))
              WHERE s.kind = 'sale' AND r.basis_points IS NOT s.basis_points",
    },
    Check {
        invariant: "ledgers-sum",
        sql: concat!(
            "SELECT s.order_id AS \"order\", s.key AS \"seller line\", 'sold for ' || s.minor || ', ' ||
               -coalesce(f.minor, 0) || ' went back; its commission of ' || -c.minor || ' was given back by ' ||
               coalesce(g.minor, 0) AS what
             FROM seller_line s
             LEFT JOIN taken_from f ON f.of_line = s.id AND f.kind = 'refund'
             LEFT JOIN seller_line c ON c.order_key = s.order_key AND c.of_line = s.id AND c.kind = 'commission'
             LEFT JOIN taken_from g ON g.of_line = c.id AND g.kind = 'commission_reversal'
             WHERE s.kind = 'sale' AND (coalesce(f.minor, 0) NOT BETWEEN min(-s.minor, 0) AND max(-s.minor, 0)
               OR coalesce(-c.minor, 0) - coalesce(g.minor, 0) <> ",
            part!("s.minor + coalesce(f.minor, 0)", "s.basis_points"),
            ")"
        ),
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT o.id AS \"order\", p.id AS payment, 'is ' || o.state || ', ' || p.refunded ||
                ' was given back, its sellers'' lines say ' || -b.back || ' of ' || b.sold AS what
              FROM booked b JOIN orders o ON o.key = b.order_key AND o.id = b.order_id
              JOIN payment p ON p.order_id = o.id AND p.id = o.payment_id
              WHERE -b.back <> iif(o.state = 'cancelled', b.sold, min(p.refunded, b.sold))
                AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.aggregate IN (o.id, p.id))",
    },
    Check {
        invariant: "own-data-only",
        sql: "SELECT s.seller AS seller, s.order_id AS \"order\", 'has an order in the list without goods of its own' AS what
              FROM seller_order s JOIN order_content c ON c.key = s.order_key
              WHERE NOT EXISTS (SELECT 1 FROM json_each(iif(json_valid(c.quote), c.quote, '{}'), '$.lines') j
                WHERE replace(j.value ->> '$.seller', '-', '') = lower(hex(s.seller)))",
    },
];

/// Orders that sellers with an account sold something in, told to everybody, without a line. Looked for
/// only where somebody has an account: it reads what was bought.
const UNBOOKED: Check = Check {
    invariant: "told-at-least-once",
    sql: concat!(
        "SELECT o.id AS \"order\", 'has goods of sellers, and their ledger knows nothing of it' AS what
          FROM orders o JOIN order_content c ON c.key = o.key
          WHERE o.state IN ('confirmed', 'shipped', 'delivered')
            AND NOT EXISTS (SELECT 1 FROM seller_line l WHERE l.order_key = ",
        key!("o.id"),
        ")
            AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.aggregate = o.id)
            AND EXISTS (SELECT 1 FROM json_each(iif(json_valid(c.quote), c.quote, '{}'), '$.lines') j
              JOIN seller_account a ON lower(hex(a.id)) = replace(j.value ->> '$.seller', '-', '')
              WHERE a.applied_at <= o.created_at)"
    ),
};

/// Checks all of it.
pub fn check(conn: &Connection, found: &mut Collector) -> rusqlite::Result<()> {
    conn.execute_batch(SUMS)?;
    sql::run(conn, &CHECKS, found)?;
    if sql::count(conn, "seller_account")? > 0 {
        sql::run(conn, &[UNBOOKED], found)?;
    }
    found.checked("seller lines", sql::count(conn, "seller_line")?);
    found.checked("sellers' orders", sql::count(conn, "seller_order")?);
    Ok(())
}
