//! The cart port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_cart::Carts;
use souk_kernel::{ManualClock, Timestamp};
use souk_memory::cart::MemoryCarts;
use souk_memory::orders::MemoryShop;
use std::sync::Arc;

#[test]
fn alone_it_keeps_the_contract() {
    keeps_the_contract(&(Arc::new(MemoryCarts::default()) as Arc<dyn Carts>));
}

#[test]
fn beside_the_other_stores_it_keeps_the_contract() {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    keeps_the_contract(&(Arc::new(MemoryShop::new(clock)) as Arc<dyn Carts>));
}

fn keeps_the_contract(store: &Arc<dyn Carts>) {
    let cases = souk_cart::contract::cases();
    assert!(cases.len() >= 18);
    for case in cases {
        println!("{}", case.name);
        (case.run)(Arc::clone(store)).now_or_never().expect("memory never waits");
    }
}
