//! Rows that point at each other do so rightly: lists, carts, checkouts, facts.

use crate::orders::Seen;
use crate::report::Collector;
use crate::sql::{self, Check, key};
use rusqlite::Connection;

const FILED: [Check; 1] = [Check {
    invariant: "no-lost-order",
    sql: concat!(
        "SELECT id AS checkout, 'is filed under another key: nobody finds it' AS what
         FROM checkout WHERE key IS NOT ",
        key!("id")
    ),
}];

/// Run only where there are more rows than orders account for.
const STRAY_CONTENT: Check = Check {
    invariant: "no-lost-order",
    sql: "SELECT c.key AS content, 'its order is not there' AS what
          FROM order_content c LEFT JOIN orders o ON o.key = c.key WHERE o.key IS NULL",
};
const STRAY_LISTED: Check = Check {
    invariant: "own-data-only",
    sql: "SELECT l.user AS user, o.id AS \"order\",
            iif(o.key IS NULL, 'has an order in the list that is not there, key ' || l.key,
                'has another shopper''s order in the list') AS what
          FROM order_list l LEFT JOIN orders o ON o.key = l.key
          WHERE o.key IS NULL OR o.user <> l.user",
};

const OWN: [Check; 3] = [
    Check {
        invariant: "own-data-only",
        sql: concat!(
            "SELECT f.user AS user, f.checkout AS checkout,
               iif(k.key IS NULL, 'has a newest checkout that is not there',
                   'has another user''s checkout') AS what
             FROM checkout_of f
             LEFT JOIN checkout k ON k.key = ", key!("f.checkout"), " AND k.id = f.checkout
             WHERE k.key IS NULL OR k.user <> f.user"
        ),
    },
    Check {
        invariant: "own-data-only",
        sql: "SELECT user AS user, 'the cart says that it is ' || coalesce(owner, 'nobody') || '''s' AS what
              FROM (SELECT user, iif(json_valid(body), body ->> '$.owner', NULL) AS owner FROM cart)
              WHERE lower(hex(user)) IS NOT replace(owner, '-', '')",
    },
    Check {
        invariant: "own-data-only",
        sql: concat!(
            "SELECT f.seq AS fact, o.id AS \"order\", 'names another order or user' AS what
             FROM (SELECT *, iif(json_valid(body), body, '{}') AS b FROM outbox) f
             JOIN orders o ON o.key = ", key!("f.aggregate"), " AND o.id = f.aggregate
             WHERE lower(hex(o.id)) IS NOT replace(f.b ->> '$.order', '-', '')
                OR lower(hex(o.user)) IS NOT replace(f.b ->> '$.user', '-', '')"
        ),
    },
];

const TOLD: [Check; 4] = [
    Check {
        invariant: "no-lost-order",
        sql: concat!(
            "SELECT f.seq AS fact, f.aggregate AS \"order\", 'is about an order that is not there' AS what
             FROM outbox f LEFT JOIN orders o ON o.key = ", key!("f.aggregate"), " AND o.id = f.aggregate
             WHERE o.key IS NULL AND f.kind LIKE 'order.%'"
        ),
    },
    Check {
        invariant: "told-at-least-once",
        sql: concat!(
            "SELECT f.seq AS fact, o.id AS \"order\", 'is number ' || f.number ||
               ' of an order at version ' || o.version AS what
             FROM outbox f JOIN orders o ON o.key = ", key!("f.aggregate"), " AND o.id = f.aggregate
             WHERE f.number > o.version OR f.number < 1"
        ),
    },
    Check {
        invariant: "told-at-least-once",
        sql: "SELECT seq AS fact, aggregate AS \"order\", 'is number ' || number || ', after number ' ||
                before AS what
              FROM (SELECT seq, aggregate, number,
                      lag(number) OVER (PARTITION BY aggregate ORDER BY seq) AS before FROM outbox)
              WHERE number < before",
    },
    Check {
        invariant: "told-at-least-once",
        sql: "SELECT p.aggregate AS \"order\", p.seq AS fact,
                'is parked for a fact that is not there any more' AS what
              FROM outbox_parked p LEFT JOIN outbox f ON f.seq = p.seq AND f.aggregate = p.aggregate
              WHERE f.seq IS NULL",
    },
];

const PARKED: &str = "SELECT aggregate AS \"order\", seq AS fact,
  'its facts are parked, nobody is told: ' || reason AS what FROM outbox_parked";

/// A message is worked within seconds; one about an order that is just being begun, a little later.
const MESSAGES: &str = "SELECT event AS message, 'a gateway''s message, ' ||
    iif(state = 'parked', 'parked', 'not worked for ten minutes') || ' after ' || tries || ' tries: ' ||
    coalesce(why, 'nobody tried') AS what
  FROM webhook_inbox
  WHERE state = 'parked' OR (state = 'waiting' AND received_at < (unixepoch() - 600) * 1000)";

/// Checks all of it. `seen`: what the orders account for.
pub fn check(conn: &Connection, seen: Seen, found: &mut Collector) -> rusqlite::Result<()> {
    for checks in [&FILED[..], &OWN, &TOLD] {
        sql::run(conn, checks, found)?;
    }
    if sql::count(conn, "order_content")? != seen.contents {
        sql::run(conn, &[STRAY_CONTENT], found)?;
    }
    if sql::count(conn, "order_list")? != seen.listed {
        sql::run(conn, &[STRAY_LISTED], found)?;
    }
    sql::each(conn, PARKED, |ids, what| found.note(ids, what))?;
    sql::each(conn, MESSAGES, |ids, what| found.note(ids, what))?;
    found.checked("checkouts", sql::count(conn, "checkout")?);
    found.checked("facts that wait", sql::count(conn, "outbox")?);
    Ok(())
}
