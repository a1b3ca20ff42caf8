//! rusqlite: statements looked up in its cache by their text, or held as they were prepared.

use crate::order::{Order, WAREHOUSE};
use crate::{Store, sql};
use rusqlite::{Connection, OptionalExtension, Params, Row, Statement};
use std::collections::HashMap;

trait Run {
    fn run<P: Params>(&mut self, sql: &'static str, params: P);
    fn first<P: Params, T>(
        &mut self,
        sql: &'static str,
        params: P,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<T>;
}

struct Cached(Connection);

/// By the address of the text: the cheapest look-up there is, short of a field for each statement.
struct Held(&'static Connection, HashMap<usize, Statement<'static>>);

impl Run for Cached {
    fn run<P: Params>(&mut self, sql: &'static str, params: P) {
        self.0.prepare_cached(sql).and_then(|mut s| s.execute(params)).expect(sql);
    }
    fn first<P: Params, T>(
        &mut self,
        sql: &'static str,
        params: P,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<T> {
        let mut statement = self.0.prepare_cached(sql).expect(sql);
        statement.query_row(params, map).optional().expect(sql)
    }
}

impl Held {
    fn statement(&mut self, sql: &'static str) -> &mut Statement<'static> {
        let conn = self.0;
        self.1.entry(sql.as_ptr() as usize).or_insert_with(|| conn.prepare(sql).expect(sql))
    }
}

impl Run for Held {
    fn run<P: Params>(&mut self, sql: &'static str, params: P) {
        self.statement(sql).execute(params).expect(sql);
    }
    fn first<P: Params, T>(
        &mut self,
        sql: &'static str,
        params: P,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<T> {
        self.statement(sql).query_row(params, map).optional().expect(sql)
    }
}

pub fn cached(path: &str, qpsg: bool) -> Box<dyn Store> {
    Box::new(Cached(connect(path, qpsg)))
}

pub fn held(path: &str) -> Box<dyn Store> {
    Box::new(Held(Box::leak(Box::new(connect(path, true))), HashMap::new()))
}

fn connect(path: &str, qpsg: bool) -> Connection {
    let conn = Connection::open(path).expect(path);
    conn.execute_batch(sql::PRAGMAS).expect("pragmas");
    conn.execute_batch(sql::SCHEMA).expect("schema");
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, qpsg).expect("qpsg");
    conn.set_prepared_statement_cache_capacity(256);
    conn
}

impl<R: Run> Store for R {
    fn commit(&mut self, begins: &[Order], settles: &[Order]) {
        self.run("BEGIN IMMEDIATE", []);
        begins.iter().for_each(|o| begin(self, o));
        settles.iter().for_each(|o| settle(self, o));
        self.run("COMMIT", []);
    }
}

fn entries(db: &mut impl Run, o: &Order, kind: &str, from: i64) {
    for (i, sku) in (0..).zip(o.skus) {
        db.run(sql::ENTRY, (from + i, sku, WAREHOUSE, kind, 1, o.checkout, o.at));
    }
}

fn begin(db: &mut impl Run, o: &Order) {
    assert!(db.first(sql::FIND_HOLD, [o.checkout], |r| r.get::<_, [u8; 16]>(0)).is_none());
    let deadline = o.at + sql::DEADLINE_MS;
    db.run(sql::PUT_HOLD, (o.checkout, o.checkout_id, "paying", Some(o.id), deadline, &o.hold_lines));
    entries(db, o, "hold", 4 * o.n);
    db.run(sql::CLAIM, (o.n, o.digest, o.request, o.id, o.at));
    let none = None::<i64>;
    db.run(
        sql::ORDER,
        (
            o.key, o.id, o.user, o.checkout, o.checkout_id, o.payment_id, "payment_pending", 2,
            Some(1), Some(o.at), "EUR", 25_980, none, deadline, &o.moves, o.at,
        ),
    );
    db.run(sql::CONTENT, (o.key, &o.quote, &o.ship_to));
    db.run(
        sql::PAYMENT,
        (o.payment, o.payment_id, o.id, o.user, 25_980, "EUR", "card", "sandbox", "tok_approve", o.at),
    );
}

fn settle(db: &mut impl Run, o: &Order) {
    let read = |r: &Row<'_>| Ok((r.get::<_, i64>(0)?, r.get_ref(1)?.as_str()? == "payment_pending"));
    assert_eq!(db.first(sql::FIND_ORDER, (o.key, o.id), read), Some((2, true)));
    type Hold = ([u8; 16], String, Option<[u8; 16]>, i64, String);
    let read = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?));
    let hold: Option<Hold> = db.first(sql::FIND_HOLD, [o.checkout], read);
    assert!(hold.is_some_and(|h| h.1 == "paying"));
    let none = None::<&str>;
    db.run(sql::PAY, (o.payment, "authorized", Some(sql::GATEWAY_REF), none, none, o.payment_id));
    db.run(sql::MOVE_HOLD, (o.checkout, "committed", Some(o.id)));
    entries(db, o, "commit", 4 * o.n + 2);
    let lease = None::<i64>;
    db.run(sql::MOVE_ORDER, (o.key, "confirmed", lease, lease, Some(sql::CONFIRMED), &o.confirmed));
    db.run(sql::FACT, (o.n % 64, o.id, 3, "order.confirmed", &o.body, o.at));
}
