//! The contract of parcels and returns, on the co-located memory shop.

use futures_util::FutureExt;
use souk_fulfillment::contract::{Fixture, START, cases};
use souk_kernel::ManualClock;
use souk_memory::orders::MemoryShop;
use std::sync::Arc;

#[test]
fn the_co_located_shop_keeps_the_contract() {
    for case in cases() {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(START));
        let shop = Arc::new(MemoryShop::new(clock.clone()));
        let at = Fixture { parcels: shop.clone(), stock: shop.clone(), outbox: shop, clock };
        (case.run)(at).now_or_never().expect("memory never waits");
    }
}
