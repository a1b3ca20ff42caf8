//! The sandbox gateway's own record against the shop's payments.
//!
//! Which of the two may be ahead, and by what, is said at the top of this crate: `early` marks a fact
//! within the length that the record had before the database's snapshot.

mod book;
mod line;

use crate::report::Collector;
use crate::sql::{self, Check, key};
use crate::{Error, ids};
use book::Book;
use rusqlite::Connection;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Of payments and charges that agree in full, as nearly all do, nothing is left to compare: these
/// tables hold the others.
const TABLES: &str = "
CREATE TEMP TABLE suspect (payment INTEGER PRIMARY KEY);
CREATE TEMP TABLE gateway (
  name TEXT NOT NULL, order_id BLOB, reference TEXT, currency TEXT NOT NULL,
  asked INTEGER NOT NULL, asked_currency TEXT NOT NULL, granted INTEGER NOT NULL,
  captured INTEGER NOT NULL, refunded INTEGER NOT NULL, captured_early INTEGER NOT NULL,
  status TEXT NOT NULL, early INTEGER NOT NULL, authorized INTEGER NOT NULL,
  voided_early INTEGER NOT NULL, tombstone INTEGER NOT NULL, unclaimed INTEGER NOT NULL
);
CREATE TEMP TABLE gateway_refund (
  id BLOB, key TEXT, order_id BLOB, name TEXT NOT NULL, minor INTEGER NOT NULL, early INTEGER NOT NULL
);
";

const INDEXES: &str = "
CREATE INDEX temp.gateway_order ON gateway (order_id);
CREATE INDEX temp.gateway_refund_id ON gateway_refund (id);
";

/// Money that came by transfer when nobody waited for it: a message about it is under way, or was lost.
const UNCLAIMED: &str = "SELECT name AS authorization, coalesce(order_id, reference) AS \"order\",
    unclaimed || ' ' || currency || ' came by transfer and nobody claims it' AS what
  FROM temp.gateway WHERE unclaimed > 0";

const CHECKS: [Check; 12] = [
    Check {
        invariant: "paid-once",
        sql: "SELECT p.id AS payment, p.order_id AS \"order\", p.gateway_ref AS authorization,
                'is ' || p.state || ' over ' || p.minor || ' ' || p.currency ||
                ', which the gateway''s record does not bear out' AS what
              FROM temp.suspect s JOIN payment p ON p.key = s.payment
              WHERE p.state IN ('authorized', 'capturing', 'captured')
                AND NOT EXISTS (SELECT 1 FROM temp.gateway g
                  WHERE g.order_id = p.order_id AND g.name = p.gateway_ref AND g.authorized
                    AND NOT g.voided_early AND g.granted = p.minor AND g.currency = p.currency)",
    },
    Check {
        invariant: "paid-once",
        sql: "SELECT p.id AS payment, g.name AS authorization, 'is ' || p.state || ' with ' ||
                p.captured || ' taken, the gateway took ' || g.captured AS what
              FROM temp.suspect s JOIN payment p ON p.key = s.payment
              JOIN temp.gateway g ON g.order_id = p.order_id
              WHERE p.state = 'captured' AND g.name = p.gateway_ref AND g.captured <> p.captured
                 OR p.state NOT IN ('capturing', 'captured') AND g.captured_early > 0
                   -- What comes by transfer is taken there, and then we hear of it.
                   AND NOT (p.method = 'bank_transfer'
                     AND p.state IN ('authorizing', 'awaiting_transfer', 'voiding'))",
    },
    Check {
        invariant: "paid-once",
        sql: "SELECT p.id AS payment, p.order_id AS \"order\", g.name AS authorization,
                'is ' || p.state || ' here and ' || g.status || ' at the gateway' AS what
              FROM temp.suspect s JOIN payment p ON p.key = s.payment
              JOIN temp.gateway g ON g.order_id = p.order_id
              WHERE p.state IN ('voided', 'declined')
                AND g.status IN ('authorized', 'captured', 'requires_action', 'awaiting_transfer')",
    },
    Check {
        invariant: "paid-once",
        sql: "SELECT p.id AS payment, g.name AS authorization,
                'is ' || p.state || ' here, but the gateway was told to let the money go' AS what
              FROM temp.suspect s JOIN payment p ON p.key = s.payment
              JOIN temp.gateway g ON g.order_id = p.order_id
              WHERE g.voided_early AND p.state NOT IN ('voiding', 'voided')",
    },
    Check {
        invariant: "paid-once",
        sql: concat!(
            "SELECT g.name AS authorization, coalesce(g.order_id, g.reference) AS \"order\",
               'the gateway has it ' || g.status || ', and there is no payment for it' AS what
             FROM temp.gateway g
             LEFT JOIN orders o ON o.key = ", key!("g.order_id"), " AND o.id = g.order_id
             LEFT JOIN payment p ON p.key = ", key!("o.payment_id"), " AND p.id = o.payment_id
             WHERE g.early AND p.key IS NULL"
        ),
    },
    Check {
        invariant: "charged-as-shown",
        sql: concat!(
            "SELECT g.name AS authorization, p.id AS payment, 'the gateway was asked for ' || g.asked ||
               ' ' || g.asked_currency || ' in place of ' || p.minor || ' ' || p.currency AS what
             FROM temp.gateway g
             JOIN orders o ON o.key = ", key!("g.order_id"), " AND o.id = g.order_id
             JOIN payment p ON p.key = ", key!("o.payment_id"), " AND p.id = o.payment_id
             WHERE NOT g.tombstone AND (g.asked <> p.minor OR g.asked_currency <> p.currency)"
        ),
    },
    Check {
        invariant: "paid-once",
        sql: concat!(
            "SELECT o.checkout_id AS checkout, group_concat(g.name, ', ') AS authorization,
               count(*) || ' charges for one checkout at the gateway' AS what
             FROM temp.gateway g JOIN orders o ON o.key = ", key!("g.order_id"), " AND o.id = g.order_id
             WHERE g.status IN ('authorized', 'captured') GROUP BY o.checkout HAVING count(*) > 1"
        ),
    },
    Check {
        invariant: "paid-once",
        sql: "SELECT name AS authorization, 'of ' || granted || ' held, the gateway took ' || captured ||
                ' and gave back ' || refunded AS what
              FROM temp.gateway WHERE captured > granted OR refunded > captured",
    },
    Check {
        invariant: "paid-once",
        sql: "SELECT name AS authorization, 'more of the transfer was used than came' AS what
              FROM temp.gateway WHERE unclaimed < 0",
    },
    Check {
        invariant: "paid-once",
        sql: concat!(
            "SELECT g.id AS refund, g.key AS refund, g.name AS authorization, 'the gateway gave back ' ||
               g.minor || CASE WHEN f.id IS NULL THEN ', and there is no such refund'
                          ELSE ', the refund is ' || f.state || ' over ' || f.minor END AS what
             FROM temp.gateway_refund g
             LEFT JOIN orders o ON o.key = ", key!("g.order_id"), " AND o.id = g.order_id
             LEFT JOIN refund f ON f.payment = ", key!("o.payment_id"), " AND f.id = g.id
             WHERE g.early AND f.id IS NULL OR f.minor <> g.minor OR f.state = 'failed'"
        ),
    },
    Check {
        invariant: "paid-once",
        sql: "SELECT id AS refund, 'the gateway gave it back ' || count(*) || ' times' AS what
              FROM temp.gateway_refund WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1",
    },
    Check {
        invariant: "ledgers-sum",
        sql: "SELECT f.id AS refund, p.id AS payment, 'succeeded over ' || f.minor ||
                ', but the gateway never gave it back' AS what
              FROM refund f JOIN payment p ON p.key = f.payment
              WHERE f.state = 'succeeded' AND p.gateway = 'sandbox'
                AND NOT EXISTS (SELECT 1 FROM temp.gateway_refund g WHERE g.id = f.id)",
    },
];

/// How long the record is; a file that does not exist is empty.
pub fn length(path: &Path) -> Result<u64, Error> {
    match std::fs::metadata(path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Error::File(path.display().to_string(), error)),
    }
}

/// Reads the record and compares. `known`: its length before the snapshot.
pub fn check(
    conn: &Connection,
    path: &Path,
    known: u64,
    found: &mut Collector,
) -> Result<(), Error> {
    let book = match std::fs::File::open(path) {
        Ok(file) => read(BufReader::with_capacity(1 << 18, file), known, found),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Book::default()),
        Err(error) => Err(error),
    };
    let mut book = book.map_err(|error| Error::File(path.display().to_string(), error))?;
    found.checked("gateway facts", book.lines);
    found.checked("gateway authorizations", book.authorizations());
    conn.execute_batch(TABLES)?;
    book.close();
    settle(conn, &mut book)?;
    book.store(conn)?;
    conn.execute_batch(INDEXES)?;
    sql::run(conn, &CHECKS, found)?;
    sql::each(conn, UNCLAIMED, |ids, what| found.note(ids, what))?;
    Ok(())
}

/// Sorts out what agrees in full.
fn settle(conn: &Connection, book: &mut Book) -> rusqlite::Result<()> {
    let by_order = book.by_order();
    let mut suspect = conn.prepare("INSERT INTO temp.suspect VALUES (?1)")?;
    let mut payments = conn.prepare(
        "SELECT key, order_id, gateway_ref, minor, currency,
           state = 'captured' AND captured = minor AND refunded = 0 AND refunding = 0
         FROM payment WHERE gateway = 'sandbox'",
    )?;
    let mut rows = payments.query([])?;
    while let Some(row) = rows.next()? {
        let order = row.get_ref(1)?.as_blob().unwrap_or_default();
        let name = row.get_ref(2)?.as_str_or_null().unwrap_or_default().unwrap_or_default();
        let currency = row.get_ref(4)?.as_str().unwrap_or_default();
        let minor: i64 = row.get(3)?;
        let charge = by_order.get(order).copied();
        let agree = row.get(5)? && charge.is_some_and(|at| book.settle(at, name, minor, currency));
        if !agree {
            suspect.execute([row.get::<_, i64>(0)?])?;
        }
    }
    Ok(())
}

/// Replays the record up to its end, or to the first line that isn't whole.
fn read(mut reader: impl BufRead, known: u64, found: &mut Collector) -> std::io::Result<Book> {
    let mut book = Book::default();
    let (mut text, mut offset) = (Vec::new(), 0_u64);
    while {
        text.clear();
        reader.read_until(b'\n', &mut text)? > 0
    } {
        offset += text.len() as u64;
        let number = book.lines + 1;
        let Some(line) = line::read(&text).filter(|line| line.n == number) else {
            let damaged = claims(&text, number) || rest_claims(&mut reader, number)?;
            let id = vec![crate::Named::new("gateway fact", number.to_string())];
            if damaged {
                let what =
                    "is damaged, and the record goes on behind it: the rest was not compared";
                found.add("ledgers-sum", id, what);
            } else {
                // Never acknowledged: it is being written just now, or power went while it was.
                found.note(id, "the record's last line is not whole yet");
            }
            return Ok(book);
        };
        if let Err(wrong) = book.apply(&line, offset <= known) {
            let id = vec![crate::Named::new("gateway fact", number.to_string())];
            found.add("ledgers-sum", id, wrong);
        }
        book.lines += 1;
    }
    Ok(book)
}

/// Whether a whole line says that the line before it had been durable.
fn claims(text: &[u8], number: u64) -> bool {
    line::read(text).is_some_and(|line| line.s >= number)
}

fn rest_claims(reader: &mut impl BufRead, number: u64) -> std::io::Result<bool> {
    let mut text = Vec::new();
    while {
        text.clear();
        reader.read_until(b'\n', &mut text)? > 0
    } {
        if claims(&text, number) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The order that a reference names: `order_` and its id.
fn order_of(reference: &str) -> Option<[u8; 16]> {
    reference.strip_prefix("order_").and_then(ids::parse)
}
