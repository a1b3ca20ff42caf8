//! The purchase's contract, co-located and split, and the two compared.

use futures_util::FutureExt;
use souk_kernel::ManualClock;
use souk_memory::orders::{MemoryShop, SplitShop};
use souk_orders::contract::{Fixture, START, cases, compare};
use std::sync::Arc;

fn co_located() -> Fixture {
    let clock = Arc::new(ManualClock::at(START));
    let shop = Arc::new(MemoryShop::new(clock.clone()));
    Fixture {
        orders: shop.clone(),
        stock: shop.clone(),
        payments: shop.clone(),
        carts: shop.clone(),
        outbox: shop,
        clock,
        co_located: true,
    }
}

fn split() -> Fixture {
    let clock = Arc::new(ManualClock::at(START));
    let shop = SplitShop::new(clock.clone());
    Fixture {
        orders: shop.orders,
        stock: shop.stock,
        payments: shop.payments,
        carts: shop.carts,
        outbox: shop.records,
        clock,
        co_located: false,
    }
}

#[test]
fn one_store_keeps_the_contract() {
    for case in cases() {
        println!("{}", case.name);
        (case.run)(co_located()).now_or_never().expect("memory never waits");
    }
}

#[test]
fn one_store_forgets_a_shopper() {
    let clock = Arc::new(ManualClock::at(START));
    let shop = Arc::new(MemoryShop::new(clock.clone()));
    let fixture = Fixture {
        orders: shop.clone(),
        stock: shop.clone(),
        payments: shop.clone(),
        carts: shop.clone(),
        outbox: shop.clone(),
        clock,
        co_located: true,
    };
    souk_orders::contract::traces::forgets_a_shopper(fixture, shop)
        .now_or_never()
        .expect("memory never waits");
}

#[test]
fn stores_apart_keep_the_contract() {
    for case in cases() {
        println!("{}", case.name);
        (case.run)(split()).now_or_never().expect("memory never waits");
    }
}

#[test]
fn one_store_and_stores_apart_agree() {
    for seed in 0..100 {
        compare(co_located(), split(), seed, 160).now_or_never().expect("memory never waits");
    }
}
