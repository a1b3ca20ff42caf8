//! The sellers' ports' contract, on the memory adapter.

use futures_util::FutureExt;
use souk_kernel::ManualClock;
use souk_memory::orders::MemoryShop;
use souk_sellers::contract::{Bench, NOW, cases};
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 11);
    for case in cases {
        println!("{}", case.name);
        let shop = Arc::new(MemoryShop::new(Arc::new(ManualClock::at(NOW))));
        let bench = Bench { sellers: shop.clone(), books: shop.clone(), outbox: shop };
        (case.run)(bench).now_or_never().expect("memory never waits");
    }
}
