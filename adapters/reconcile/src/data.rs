//! Rows that point at each other do so rightly: claims, lists, carts, checkouts, facts.

use crate::report::Collector;
use crate::sql::{self, Check, key};
use rusqlite::Connection;

const CLAIMS: [Check; 3] = [
    // A key is remembered for a day; after that it may be claimed anew.
    Check {
        invariant: "same-key-same-answer",
        sql: "SELECT before AS claim, seq AS claim, subject_before AS subject, subject,
                'one key is claimed twice within a day' AS what
              FROM (SELECT seq, subject, at, lag(seq) OVER w AS before, lag(at) OVER w AS at_before,
                           lag(subject) OVER w AS subject_before
                    FROM claim WINDOW w AS (PARTITION BY digest ORDER BY seq))
              WHERE before IS NOT NULL AND at < at_before + 86400000",
    },
    // Claims leave at the old end only.
    Check {
        invariant: "same-key-same-answer",
        sql: "SELECT before + 1 AS claim, 'is missing, and all up to ' || (seq - 1) AS what
              FROM (SELECT seq, lag(seq) OVER (ORDER BY seq) AS before FROM claim)
              WHERE seq <> before + 1",
    },
    // The claim and what it guards are written together, at one time.
    Check {
        invariant: "same-key-same-answer",
        sql: concat!(
            "SELECT c.seq AS claim, c.subject AS subject,
               iif(o.key IS NULL AND k.key IS NULL,
                 'its key was answered with an order or checkout that is not there',
                 'is of another time than the order or checkout that it is for') AS what
             FROM claim c
             LEFT JOIN orders o ON o.key = ",
            key!("c.subject"),
            " AND o.id = c.subject
             LEFT JOIN checkout k ON k.key = ",
            key!("c.subject"),
            " AND k.id = c.subject
             WHERE c.at IS NOT coalesce(o.created_at, k.created_at)"
        ),
    },
];

const FILED: [Check; 4] = [
    Check {
        invariant: "no-lost-order",
        sql: concat!(
            "SELECT id AS \"order\", 'is filed under another key: nobody finds it' AS what
             FROM orders WHERE key IS NOT ",
            key!("id"),
            " OR checkout IS NOT ",
            key!("checkout_id")
        ),
    },
    Check {
        invariant: "no-lost-order",
        sql: concat!(
            "SELECT id AS payment, 'is filed under another key: nobody finds it' AS what
             FROM payment WHERE key IS NOT ",
            key!("id")
        ),
    },
    Check {
        invariant: "no-lost-order",
        sql: concat!(
            "SELECT id AS checkout, 'is filed under another key: nobody finds it' AS what
             FROM checkout WHERE key IS NOT ",
            key!("id")
        ),
    },
    Check {
        invariant: "no-lost-order",
        sql: "SELECT c.key AS content, 'its order is not there' AS what
              FROM order_content c LEFT JOIN orders o ON o.key = c.key WHERE o.key IS NULL",
    },
];

const OWN: [Check; 6] = [
    Check {
        invariant: "own-data-only",
        sql: "SELECT l.user AS user, o.id AS \"order\",
                iif(o.key IS NULL, 'has an order in the list that is not there, key ' || l.key,
                    'has another shopper''s order in the list') AS what
              FROM order_list l LEFT JOIN orders o ON o.key = l.key
              WHERE o.key IS NULL OR o.user <> l.user",
    },
    Check {
        invariant: "own-data-only",
        sql: concat!(
            "SELECT p.id AS payment, o.id AS \"order\", 'another user pays it than ordered' AS what
             FROM payment p JOIN orders o ON o.key = ", key!("p.order_id"), " AND o.id = p.order_id
             WHERE p.user <> o.user"
        ),
    },
    Check {
        invariant: "own-data-only",
        sql: "SELECT o.id AS \"order\", k.id AS checkout, 'another user''s checkout was ordered' AS what
              FROM orders o JOIN checkout k ON k.key = o.checkout AND k.id = o.checkout_id
              WHERE k.user <> o.user",
    },
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

/// Checks all of it.
pub fn check(conn: &Connection, found: &mut Collector) -> rusqlite::Result<()> {
    for checks in [&CLAIMS[..], &FILED, &OWN, &TOLD] {
        sql::run(conn, checks, found)?;
    }
    sql::each(conn, PARKED, |ids, what| found.note(ids, what))?;
    found.checked("claims", sql::count(conn, "claim")?);
    found.checked("checkouts", sql::count(conn, "checkout")?);
    found.checked("facts that wait", sql::count(conn, "outbox")?);
    Ok(())
}
