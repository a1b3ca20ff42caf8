//! The reviews port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_kernel::{ManualClock, Timestamp};
use souk_memory::orders::MemoryShop;
use souk_memory::reviews::MemoryReviews;
use souk_reviews::contract::{Bench, cases};
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 8);
    for case in cases {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let shop = Arc::new(MemoryShop::new(clock));
        let reviews = Arc::new(MemoryReviews::over(shop.clone()));
        (case.run)(Bench { reviews, outbox: shop }).now_or_never().expect("memory never waits");
    }
}
