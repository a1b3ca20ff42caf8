//! What Begin and Settle of one order cost through each candidate for the relational layer.
//!
//! `relational-spike FOLDER [ORDERS] [ROUNDS]` runs every candidate, interleaved, each in a process and
//! on a file of its own; `relational-spike one NAME FOLDER ORDERS PER_COMMIT` runs one of them.

mod diesel_orm;
mod order;
mod rusqlite_stores;
mod sql;
mod sqlx_store;

use nix::sys::resource::{UsageWho, getrusage};
use order::Order;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// A candidate: one connection that nobody else uses.
pub trait Store {
    /// The first round of some orders and the second of others, in one synced transaction.
    fn commit(&mut self, begins: &[Order], settles: &[Order]);
}

const CANDIDATES: [&str; 6] =
    ["rusqlite-cached", "rusqlite-held", "rusqlite-no-qpsg", "sqlx", "diesel-dsl", "diesel-sql"];
const WARM_UP: usize = 2_000;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, or: usize| args.get(at).map_or(or, |a| a.parse().expect("a number"));
    if args.first().is_some_and(|a| a == "one") {
        return one(&args[1], Path::new(&args[2]), number(3, 20_000), number(4, 64));
    }
    let folder = args.first().map_or("/tmp/relational-spike", String::as_str);
    let (orders, rounds) = (number(1, 20_000), number(2, 3));
    std::fs::create_dir_all(folder).expect("a folder");
    for per_commit in [64, 256] {
        for _ in 0..rounds {
            for name in CANDIDATES {
                let me = std::env::current_exe().expect("this program");
                let size = [orders.to_string(), per_commit.to_string()];
                let run = Command::new(me).args(["one", name, folder]).args(size).status();
                assert!(run.expect("a child").success(), "{name}");
            }
        }
    }
}

fn one(name: &str, folder: &Path, orders: usize, per_commit: usize) {
    let path = folder.join(format!("{name}.db"));
    for ending in ["db", "db-wal", "db-shm"] {
        // Nothing to remove on the first run.
        let _ = std::fs::remove_file(path.with_extension(ending));
    }
    let path = path.to_str().expect("a plain path");
    let mut store: Box<dyn Store> = match name {
        "rusqlite-cached" => rusqlite_stores::cached(path, true),
        "rusqlite-no-qpsg" => rusqlite_stores::cached(path, false),
        "rusqlite-held" => rusqlite_stores::held(path),
        "sqlx" => sqlx_store::open(path),
        "diesel-dsl" => diesel_orm::dsl(path),
        "diesel-sql" => diesel_orm::sql(path),
        other => panic!("no candidate {other}"),
    };
    let all: Vec<Order> = (0..(WARM_UP + orders) as i64).map(Order::new).collect();
    drive(&mut *store, &all[..WARM_UP], per_commit);
    let (cpu, wall) = (cpu_us(), Instant::now());
    drive(&mut *store, &all[WARM_UP..], per_commit);
    let (cpu, wall) = (cpu_us() - cpu, wall.elapsed().as_micros() as f64);
    let each = orders as f64;
    println!("{per_commit:>4} {name:<17} cpu {:6.1} wall {:6.1} us/order", cpu / each, wall / each);
    check(path, all.len());
}

/// Each commit begins one group and settles the one before, as a writer under load does.
fn drive(store: &mut dyn Store, orders: &[Order], per_commit: usize) {
    let mut before: &[Order] = &[];
    for group in orders.chunks(per_commit) {
        store.commit(group, before);
        before = group;
    }
    store.commit(&[], before);
}

fn cpu_us() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("getrusage");
    let us = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 * 1e6 + t.tv_usec() as f64;
    us(usage.user_time()) + us(usage.system_time())
}

/// All candidates must have left the same rows.
fn check(path: &str, orders: usize) {
    let conn = rusqlite::Connection::open(path).expect("opens");
    let count = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, i64>(0)).expect("counts");
    let many = orders as i64;
    assert_eq!(count("SELECT count(*) FROM orders WHERE state = 'confirmed' AND version = 3"), many);
    assert_eq!(count("SELECT count(*) FROM hold WHERE state = 'committed'"), many);
    assert_eq!(count("SELECT count(*) FROM payment WHERE state = 'authorized'"), many);
    assert_eq!(count("SELECT count(*) FROM stock_entry"), 4 * many);
    for table in ["claim", "order_content", "outbox"] {
        assert_eq!(count(&format!("SELECT count(*) FROM {table}")), many);
    }
    assert_eq!(count("SELECT min(length(moves)) FROM orders"), count("SELECT max(length(moves)) FROM orders"));
}
