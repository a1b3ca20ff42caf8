//! Invoices: numbers without gaps, sums that are what was charged, credits that stay within them.

use crate::report::Collector;
use crate::sql::{self, Check, key};
use rusqlite::Connection;

const CHECKS: [Check; 3] = [
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
];

/// Checks every series and every order that has documents.
pub fn check(conn: &Connection, found: &mut Collector) -> rusqlite::Result<()> {
    sql::run(conn, &CHECKS, found)?;
    found.checked("invoices and credit notes", sql::count(conn, "invoice")?);
    Ok(())
}
