//! A batched port keeps the contract of the port that it wraps.

mod support;

use souk_batcher::{Batchable, Batched, Batching};
use souk_cart::Carts;
use souk_inventory::Stock;
use souk_kernel::ManualClock;
use souk_memory::cart::MemoryCarts;
use souk_memory::orders::MemoryShop;
use souk_orders::Orders;
use souk_payments::Payments;
use std::sync::Arc;
use support::TokioSpawner;

fn batched<P: Batchable + ?Sized>(inner: Arc<P>) -> Arc<Batched<P>> {
    // Small enough that the cases' thousands take several batches.
    let batching = Batching { max_batch: 64, ..Batching::default() };
    Arc::new(Batched::new(inner, &TokioSpawner::arc(), &batching))
}

#[tokio::test]
async fn stock() {
    use souk_inventory::contract::{Fixture, START, cases};
    for case in cases() {
        let clock = Arc::new(ManualClock::at(START));
        let stock: Arc<dyn Stock> = Arc::new(MemoryShop::new(clock.clone()));
        (case.run)(Fixture { stock: batched(stock), clock }).await;
    }
}

#[tokio::test]
async fn payments() {
    use souk_payments::contract::{Fixture, cases};
    for case in cases() {
        let clock = Arc::new(ManualClock::default());
        let shop = Arc::new(MemoryShop::new(clock));
        let outbox = Some(shop.clone() as Arc<dyn souk_kernel::Outbox>);
        let payments = batched(shop as Arc<dyn Payments>);
        (case.run)(Fixture { payments, money: None, outbox }).await;
    }
}

#[tokio::test]
async fn carts() {
    let carts: Arc<dyn Carts> = Arc::new(MemoryCarts::default());
    let carts = batched(carts);
    for case in souk_cart::contract::cases() {
        (case.run)(carts.clone()).await;
    }
}

#[tokio::test]
async fn orders() {
    use souk_orders::contract::{Fixture, START, cases};
    for case in cases() {
        let clock = Arc::new(ManualClock::at(START));
        let shop = Arc::new(MemoryShop::new(clock.clone()));
        let fixture = Fixture {
            orders: batched(shop.clone() as Arc<dyn Orders>),
            stock: batched(shop.clone() as Arc<dyn Stock>),
            payments: batched(shop.clone() as Arc<dyn Payments>),
            carts: batched(shop.clone() as Arc<dyn Carts>),
            outbox: shop,
            clock,
            co_located: true,
        };
        (case.run)(fixture).await;
    }
}
