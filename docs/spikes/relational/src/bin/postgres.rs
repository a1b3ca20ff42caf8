//! The same rows on PostgreSQL: one statement at a time through two drivers, and pipelined through one.
//!
//! `postgres URL [ORDERS] [PER_COMMIT] [ROUNDS]`; needs a server, and empties its schema `spike`.

#[path = "../order.rs"]
mod order;
#[expect(dead_code, reason = "the reads are SQLite's only: here the updates are conditional")]
#[path = "../sql.rs"]
mod sql;

use futures_util::future::join_all;
use nix::sys::resource::{UsageWho, getrusage};
use order::{Order, WAREHOUSE};
use sqlx::Connection;
use std::time::Instant;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

/// What differs between the engines' dialects, all of it.
fn dialect(sql: &str) -> String {
    let sql = sql.replace('?', "$").replace("INTEGER PRIMARY KEY", "BIGSERIAL PRIMARY KEY");
    let sql = sql.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA").replace(" WITHOUT ROWID, STRICT", "");
    let sql = sql.replace(" STRICT", "").replace(" user ", " \"user\" ").replace(" user,", " \"user\",");
    sql.replace("(user", "(\"user\"")
}

const STATEMENTS: [&str; 10] = [
    sql::PUT_HOLD, sql::ENTRY, sql::CLAIM, sql::ORDER, sql::CONTENT, sql::PAYMENT, sql::PAY,
    sql::MOVE_HOLD, sql::MOVE_ORDER, sql::FACT,
];

/// A statement's number and its values.
type Call = (usize, Vec<Value>);

enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

impl Value {
    fn sql(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Int(v) => v,
            Self::Text(v) => v,
            Self::Bytes(v) => v,
        }
    }
}

fn i(v: i64) -> Value {
    Value::Int(Some(v))
}

fn t(v: &str) -> Value {
    Value::Text(Some(v.into()))
}

fn b(v: &[u8]) -> Value {
    Value::Bytes(v.into())
}

fn entries(o: &Order, kind: &str, from: i64) -> [Call; 2] {
    [0, 1].map(|n| {
        let row = vec![
            i(from + n), i(o.skus[n as usize]), i(WAREHOUSE), t(kind), i(1), i(o.checkout), i(o.at),
        ];
        (1, row)
    })
}

fn begin(o: &Order) -> Vec<Call> {
    let deadline = o.at + sql::DEADLINE_MS;
    let [one, two] = entries(o, "hold", 4 * o.n);
    let hold = vec![i(o.checkout), b(&o.checkout_id), t("paying"), b(&o.id), i(deadline), t(&o.hold_lines)];
    let order = vec![
        i(o.key), b(&o.id), b(&o.user), i(o.checkout), b(&o.checkout_id), b(&o.payment_id),
        t("payment_pending"), i(2), i(1), i(o.at), t("EUR"), i(25_980), Value::Int(None), i(deadline),
        t(&o.moves), i(o.at),
    ];
    let payment = vec![
        i(o.payment), b(&o.payment_id), b(&o.id), b(&o.user), i(25_980), t("EUR"), t("card"),
        t("sandbox"), t("tok_approve"), i(o.at),
    ];
    let claim = vec![i(o.n), b(&o.digest), b(&o.request), b(&o.id), i(o.at)];
    let content = vec![i(o.key), t(&o.quote), t(&o.ship_to)];
    vec![(0, hold), one, two, (2, claim), (3, order), (4, content), (5, payment)]
}

fn settle(o: &Order) -> Vec<Call> {
    let none = || Value::Text(None);
    let [one, two] = entries(o, "commit", 4 * o.n + 2);
    let pay = vec![i(o.payment), t("authorized"), t(sql::GATEWAY_REF), none(), none(), b(&o.payment_id)];
    let order = vec![
        i(o.key), t("confirmed"), Value::Int(None), Value::Int(None), t(sql::CONFIRMED), t(&o.confirmed),
    ];
    let fact = vec![i(o.n % 64), b(&o.id), i(3), t("order.confirmed"), t(&o.body), i(o.at)];
    let hold = vec![i(o.checkout), t("committed"), b(&o.id)];
    vec![(6, pay), (7, hold), one, two, (8, order), (9, fact)]
}

fn cpu_us() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("getrusage");
    let us = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 * 1e6 + t.tv_usec() as f64;
    us(usage.user_time()) + us(usage.system_time())
}

/// CPU of the server's process for this connection: nanoseconds in `/proc`.
fn server_us(pid: i32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).expect("schedstat");
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).expect("a number") / 1e3
}

struct Tokio {
    client: Client,
    statements: Vec<Statement>,
    pipelined: bool,
}

enum Driver {
    Tokio(Tokio),
    Sqlx(Box<sqlx::PgConnection>, Vec<&'static str>),
}

async fn run(tokio: &Tokio, (n, values): &Call) {
    let row: Vec<_> = values.iter().map(Value::sql).collect();
    let done = tokio.client.execute(&tokio.statements[*n], &row).await;
    assert_eq!(done.expect("a statement"), 1);
}

async fn commit(driver: &mut Driver, calls: &[Call]) {
    match driver {
        Driver::Tokio(t) => {
            t.client.batch_execute("BEGIN").await.expect("begin");
            if t.pipelined {
                join_all(calls.iter().map(|call| run(t, call))).await;
            } else {
                for call in calls {
                    run(t, call).await;
                }
            }
            t.client.batch_execute("COMMIT").await.expect("commit");
        }
        Driver::Sqlx(conn, texts) => {
            let mut tx = conn.begin().await.expect("begin");
            for (n, values) in calls {
                let query = values.iter().fold(sqlx::query(texts[*n]), |q, v| match v {
                    Value::Int(v) => q.bind(*v),
                    Value::Text(v) => q.bind(v.as_deref()),
                    Value::Bytes(v) => q.bind(&v[..]),
                });
                assert_eq!(query.execute(&mut *tx).await.expect("a statement").rows_affected(), 1);
            }
            tx.commit().await.expect("commit");
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, or: usize| args.get(at).map_or(or, |a| a.parse().expect("a number"));
    let (orders, per_commit, rounds) = (number(1, 20_000), number(2, 64), number(3, 3));
    for _ in 0..rounds {
        for name in ["tokio-postgres", "tokio-postgres pipelined", "sqlx-postgres"] {
            one(name, &args[0], orders, per_commit).await;
        }
    }
}

async fn one(name: &str, url: &str, orders: usize, per_commit: usize) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect(url);
    tokio::spawn(connection);
    let fresh = format!(
        "DROP SCHEMA IF EXISTS spike CASCADE; CREATE SCHEMA spike; SET search_path = spike; {}",
        dialect(sql::SCHEMA)
    );
    client.batch_execute(&fresh).await.expect("the schema");
    let (mut driver, pid) = if name == "sqlx-postgres" {
        let mut conn = sqlx::PgConnection::connect(url).await.expect(url);
        sqlx::query("SET search_path = spike").execute(&mut conn).await.expect("search_path");
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut conn).await.expect("pid");
        let texts = STATEMENTS.iter().map(|sql| &*Box::leak(dialect(sql).into_boxed_str()));
        (Driver::Sqlx(Box::new(conn), texts.collect()), pid)
    } else {
        let mut statements = Vec::new();
        for sql in STATEMENTS {
            statements.push(client.prepare(&dialect(sql)).await.expect(sql));
        }
        let pid: i32 = client.query_one("SELECT pg_backend_pid()", &[]).await.expect("pid").get(0);
        (Driver::Tokio(Tokio { client, statements, pipelined: name.ends_with("pipelined") }), pid)
    };
    let all: Vec<Order> = (0..orders as i64).map(Order::new).collect();
    let mut commits = Vec::new();
    let mut before: &[Order] = &[];
    for group in all.chunks(per_commit).chain([&[][..]]) {
        commits.push(group.iter().flat_map(begin).chain(before.iter().flat_map(settle)).collect::<Vec<_>>());
        before = group;
    }
    let (cpu, server, wall) = (cpu_us(), server_us(pid), Instant::now());
    for calls in &commits {
        commit(&mut driver, calls).await;
    }
    let each = orders as f64;
    println!(
        "{per_commit:>4} {name:<25} client {:6.1} server {:6.1} wall {:6.1} us/order",
        (cpu_us() - cpu) / each,
        (server_us(pid) - server) / each,
        wall.elapsed().as_micros() as f64 / each
    );
}
