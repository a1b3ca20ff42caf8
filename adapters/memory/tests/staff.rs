//! The staff port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_kernel::{ManualClock, Timestamp};
use souk_memory::orders::MemoryShop;
use souk_memory::staff::MemoryStaff;
use souk_staff::contract::{Bench, cases};
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 9);
    for case in cases {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let shop = Arc::new(MemoryShop::new(clock));
        let staff = Arc::new(MemoryStaff::over(shop.clone()));
        let bench = Bench { staff, stock: shop.clone(), sellers: shop.clone(), outbox: shop };
        (case.run)(bench).now_or_never().expect("memory never waits");
    }
}
