//! The lists port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_kernel::{ManualClock, Timestamp};
use souk_lists::contract::{Bench, cases};
use souk_memory::lists::MemoryLists;
use souk_memory::orders::MemoryShop;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 12);
    for case in cases {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let shop = Arc::new(MemoryShop::new(clock));
        let lists = Arc::new(MemoryLists::over(shop.clone()));
        (case.run)(Bench { lists, outbox: shop }).now_or_never().expect("memory never waits");
    }
}
