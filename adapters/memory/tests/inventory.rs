//! The stock port's contract, on both memory adapters.

use futures_util::FutureExt;
use souk_inventory::contract::{Fixture, START, cases};
use souk_kernel::ManualClock;
use souk_memory::inventory::MemoryStock;
use souk_memory::orders::MemoryShop;
use std::sync::Arc;

#[test]
fn a_store_of_its_own_keeps_the_contract() {
    for case in cases() {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(START));
        let stock = Arc::new(MemoryStock::new(clock.clone()));
        (case.run)(Fixture { stock, clock }).now_or_never().expect("memory never waits");
    }
}

#[test]
fn the_co_located_shop_keeps_the_contract() {
    for case in cases() {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(START));
        let stock = Arc::new(MemoryShop::new(clock.clone()));
        (case.run)(Fixture { stock, clock }).now_or_never().expect("memory never waits");
    }
}
