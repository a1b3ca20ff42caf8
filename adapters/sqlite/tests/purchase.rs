//! The contracts of stock, payments and orders on SQLite, and SQLite compared with the specification in
//! memory.

#[expect(dead_code, reason = "its clock is not this test's")]
mod common;

use async_trait::async_trait;
use common::Folder;
use souk_kernel::{BoxFuture, ManualClock, Money, PaymentId, Timestamp};
use souk_memory::orders::MemoryShop;
use souk_orders::contract::START;
use souk_payments::contract::MoneyLedger;
use souk_payments::{Account, MoneyEntry};
use souk_sqlite::{Options, Store};
use std::sync::Arc;

fn open(folder: &Folder) -> (Arc<Store>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(START));
    let store = Store::open(&folder.0, clock.clone(), &Options::default()).expect("a store");
    (store, clock)
}

fn shop(folder: &Folder) -> souk_orders::contract::Fixture {
    let (store, clock) = open(folder);
    souk_orders::contract::Fixture {
        orders: store.clone(),
        stock: store.clone(),
        payments: store.clone(),
        carts: store.clone(),
        outbox: store,
        clock,
        co_located: true,
    }
}

fn specification() -> souk_orders::contract::Fixture {
    let clock = Arc::new(ManualClock::at(START));
    let shop = Arc::new(MemoryShop::new(clock.clone()));
    souk_orders::contract::Fixture {
        orders: shop.clone(),
        stock: shop.clone(),
        payments: shop.clone(),
        carts: shop.clone(),
        outbox: shop,
        clock,
        co_located: true,
    }
}

struct Ledger(Arc<Store>);

fn account(name: &str) -> Account {
    let known = [Account::Gateway, Account::Sales];
    known.into_iter().find(|a| a.name() == name).expect("a known account")
}

#[async_trait]
impl MoneyLedger for Ledger {
    async fn entries(&self, payment: PaymentId) -> Vec<MoneyEntry> {
        let read = self.0.read(|conn| {
            let sql = "SELECT debit, credit, minor, currency, at FROM money_entry
                       WHERE payment = ?1 ORDER BY seq";
            let mut statement = conn.prepare(sql)?;
            let rows = statement.query_map([payment.key()], |row| {
                let currency: String = row.get(3)?;
                let currency = currency.parse().expect("a known currency");
                Ok(MoneyEntry {
                    payment,
                    debit: account(&row.get::<_, String>(0)?),
                    credit: account(&row.get::<_, String>(1)?),
                    amount: Money::new(row.get(2)?, currency),
                    at: Timestamp(row.get(4)?),
                })
            })?;
            rows.collect()
        });
        read.expect("the store works")
    }
}

/// Runs every case, each on a store of its own, and names those that fail.
async fn keeps(cases: Vec<(&'static str, BoxFuture<'static, ()>, Folder)>) {
    let mut failed = Vec::new();
    for (name, case, _folder) in cases {
        // On a task of its own: a panic ends the case, not the rest.
        if tokio::spawn(case).await.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "broken: {failed:#?}");
}

#[tokio::test]
async fn stock_keeps_the_contract() {
    use souk_inventory::contract::{Fixture, cases};
    let run = |case: souk_inventory::contract::Case| {
        let folder = Folder::new();
        let (stock, clock) = open(&folder);
        (case.name, (case.run)(Fixture { stock, clock }), folder)
    };
    keeps(cases().into_iter().map(run).collect()).await;
}

#[tokio::test]
async fn payments_keep_the_contract() {
    use souk_payments::contract::{Fixture, cases};
    let run = |case: souk_payments::contract::Case| {
        let folder = Folder::new();
        let (payments, _) = open(&folder);
        let money = Some(Arc::new(Ledger(payments.clone())) as Arc<dyn MoneyLedger>);
        let outbox = Some(payments.clone() as Arc<dyn souk_kernel::Outbox>);
        (case.name, (case.run)(Fixture { payments, money, outbox }), folder)
    };
    keeps(cases().into_iter().map(run).collect()).await;
}

#[tokio::test]
async fn the_inbox_keeps_the_contract() {
    let run = |case: souk_payments::contract::inbox::Case| {
        let folder = Folder::new();
        let (inbox, _) = open(&folder);
        (case.name, (case.run)(inbox), folder)
    };
    keeps(souk_payments::contract::inbox::cases().into_iter().map(run).collect()).await;
}

#[tokio::test]
async fn saved_methods_keep_the_contract() {
    let run = |case: souk_payments::contract::saved::Case| {
        let folder = Folder::new();
        let (store, _) = open(&folder);
        (case.name, (case.run)(store), folder)
    };
    keeps(souk_payments::contract::saved::cases().into_iter().map(run).collect()).await;
}

#[tokio::test]
async fn parcels_keep_the_contract() {
    use souk_fulfillment::contract::{Fixture, cases};
    let run = |case: souk_fulfillment::contract::Case| {
        let folder = Folder::new();
        let (store, clock) = open(&folder);
        let (stock, outbox) = (store.clone(), store.clone());
        (case.name, (case.run)(Fixture { parcels: store, stock, outbox, clock }), folder)
    };
    keeps(cases().into_iter().map(run).collect()).await;
}

#[tokio::test]
async fn orders_keep_the_contract() {
    let run = |case: souk_orders::contract::Case| {
        let folder = Folder::new();
        (case.name, (case.run)(shop(&folder)), folder)
    };
    keeps(souk_orders::contract::cases().into_iter().map(run).collect()).await;
}

#[tokio::test]
async fn orders_forget_a_shopper() {
    let folder = Folder::new();
    let (store, clock) = open(&folder);
    let fixture = souk_orders::contract::Fixture {
        orders: store.clone(),
        stock: store.clone(),
        payments: store.clone(),
        carts: store.clone(),
        outbox: store.clone(),
        clock,
        co_located: true,
    };
    souk_orders::contract::traces::forgets_a_shopper(fixture, store).await;
}

#[tokio::test]
async fn sqlite_agrees_with_the_specification() {
    for seed in 0..12 {
        let folder = Folder::new();
        souk_orders::contract::compare(specification(), shop(&folder), seed, 160).await;
    }
}
