//! Invoices: numbers without gaps, sums that are what was charged, credits that are what went back and are
//! drawn from whom the seller ledger draws it.

use crate::report::Collector;
use crate::sql::{self, Check, key};
use rusqlite::Connection;

const CHECKS: [Check; 4] = [
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT seller AS seller, before + 1 AS \"invoice number\",
                'the seller''s series lacks it, and all up to ' || (number - 1) AS what
              FROM (SELECT seller, number,
                      lag(number, 1, 0) OVER (PARTITION BY seller ORDER BY number) AS before
                    FROM invoice)
              WHERE number <> before + 1",
    },
    Check {
        invariant: "charged-as-shown",
        sql: concat!(
            "SELECT i.order_id AS \"order\",
               iif(o.key IS NULL, 'is invoiced, and is not there', 'costs ' || o.total || ' ' ||
                 o.currency || ', its invoices say ' || i.minor || ' ' || i.currency) AS what
             FROM (SELECT order_id, sum(minor) AS minor, min(currency) AS currency FROM invoice
                   WHERE kind = 'invoice' GROUP BY order_id) i
             LEFT JOIN orders o ON o.key = ",
            key!("i.order_id"),
            " AND o.id = i.order_id
             WHERE o.key IS NULL OR o.total <> i.minor OR o.currency <> i.currency"
        ),
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT order_id AS \"order\", seller AS seller, 'of an invoice over ' ||
                sum(iif(kind = 'invoice', minor, 0)) || ', ' ||
                sum(iif(kind = 'invoice', 0, minor)) || ' is credited' AS what
              FROM invoice GROUP BY order_id, seller
              HAVING sum(iif(kind = 'invoice', minor, -minor)) < 0",
    },
    Check {
        invariant: "charged-as-shown",
        sql: "SELECT order_id AS \"order\", seller AS seller, number AS \"invoice number\",
                'is over ' || minor || ', and shows ' || coalesce(shown, 'nothing') AS what
              FROM (SELECT *, iif(json_valid(body), body ->> '$.total.minor', NULL) AS shown
                    FROM invoice)
              WHERE shown IS NOT minor",
    },
];

/// What the documents of each order add up to, in the connection's own temporary tables.
const SUMS: &str = "CREATE TEMP TABLE papers (
  order_key INTEGER NOT NULL, order_id BLOB NOT NULL, invoices INTEGER NOT NULL,
  invoiced INTEGER NOT NULL, credited INTEGER NOT NULL, PRIMARY KEY (order_key, order_id)
) WITHOUT ROWID;
INSERT INTO papers
  SELECT order_key, order_id, sum(kind = 'invoice'), sum(iif(kind = 'invoice', minor, 0)),
         sum(iif(kind = 'invoice', 0, minor))
  FROM invoice GROUP BY order_key, order_id";

/// Judged where no fact of the order waits to be told.
const FOLLOWED: [Check; 3] = [
    Check {
        invariant: "told-at-least-once",
        sql:
            "SELECT o.id AS \"order\", 'is sold, everybody was told, and it has no invoice' AS what
              FROM orders o LEFT JOIN papers d ON d.order_key = o.key AND d.order_id = o.id
              WHERE o.state IN ('confirmed', 'shipped', 'delivered') AND coalesce(d.invoices, 0) = 0
                AND o.created_at >=
                  (SELECT applied_at FROM migration WHERE name = '0022_invoices')
                AND NOT EXISTS (SELECT 1 FROM untold u WHERE u.order_id = o.id)",
    },
    Check {
        invariant: "ledgers-sum",
        sql: concat!(
            "SELECT o.id AS \"order\", 'is ' || o.state || ', ' || coalesce(p.refunded, 0) ||
               ' went back, ' || d.credited || ' of ' || d.invoiced || ' is credited' AS what
             FROM papers d JOIN orders o ON o.key = d.order_key AND o.id = d.order_id
             LEFT JOIN payment p ON p.key = ",
            key!("o.payment_id"),
            " AND p.id = o.payment_id
             WHERE d.invoices > 0
               AND d.credited <> iif(o.state = 'cancelled', d.invoiced,
                 min(coalesce(p.refunded, 0), d.invoiced))
               AND NOT EXISTS (SELECT 1 FROM untold u WHERE u.order_id = o.id)"
        ),
    },
    // The rest (shipping, goodwill) is shared out by each in its own way: orders that had any are left out.
    Check {
        invariant: "ledgers-sum",
        sql: concat!(
            "SELECT o.id AS \"order\", s.seller AS seller, r.refund AS refund,
               'gives back a return of the seller''s: ' || s.drawn || ' by the seller ledger, ' ||
               s.credited || ' by credit notes' AS what
             FROM return_paid r JOIN orders o ON o.key = r.order_key
             JOIN papers d ON d.order_key = o.key AND d.order_id = o.id AND d.invoices > 0
             JOIN (
               SELECT b.order_key, b.refund, l.seller,
                 -sum(iif(l.kind = 'refund' AND l.cause = b.refund, l.minor, 0)) AS drawn,
                 coalesce((SELECT sum(i.minor) FROM invoice i WHERE i.order_key = l.order_key
                   AND i.order_id = l.order_id AND i.seller = l.seller
                   AND i.kind = 'credit_note'
                   AND i.source = 'refund_' || lower(substr(hex(b.refund), 1, 8) || '-' ||
                     substr(hex(b.refund), 9, 4) || '-' || substr(hex(b.refund), 13, 4) || '-' ||
                     substr(hex(b.refund), 17, 4) || '-' || substr(hex(b.refund), 21))), 0)
                   AS credited
               FROM return_paid b JOIN seller_line l ON l.order_key = b.order_key
               WHERE l.sku IS NOT NULL GROUP BY b.order_key, b.refund, l.seller
             ) s ON s.order_key = r.order_key AND s.refund = r.refund
             WHERE s.drawn <> s.credited AND o.state <> 'cancelled'
               AND (SELECT count(*) FROM return_paid x WHERE x.order_key = r.order_key) =
                 (SELECT count(*) FROM refund f WHERE f.state = 'succeeded' AND f.payment = ",
            key!("o.payment_id"),
            ")
               AND NOT EXISTS (SELECT 1 FROM untold u WHERE u.order_id = o.id)"
        ),
    },
];

/// Checks every series, every document and every order that has some or should.
pub fn check(conn: &Connection, found: &mut Collector) -> rusqlite::Result<()> {
    conn.execute_batch(SUMS)?;
    sql::run(conn, &CHECKS, found)?;
    sql::run(conn, &FOLLOWED, found)?;
    found.checked("invoices and credit notes", sql::count(conn, "invoice")?);
    Ok(())
}
