//! The cart port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_cart::Carts;
use souk_memory::cart::MemoryCarts;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let store: Arc<dyn Carts> = Arc::new(MemoryCarts::default());
    let cases = souk_cart::contract::cases();
    assert!(cases.len() >= 14);
    for case in cases {
        println!("{}", case.name);
        (case.run)(Arc::clone(&store)).now_or_never().expect("memory never waits");
    }
}
