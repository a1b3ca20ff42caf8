//! The search port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_memory::search::MemoryIndex;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = souk_search::contract::cases();
    assert!(cases.len() >= 35);
    for case in cases {
        println!("{}", case.name);
        let index = Arc::new(MemoryIndex::default());
        (case.run)(index).now_or_never().expect("memory never waits");
    }
}
