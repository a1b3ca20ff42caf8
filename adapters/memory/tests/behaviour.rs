//! The contract of shoppers' acts, on the memory adapter.

use futures_util::FutureExt;
use souk_memory::behaviour::MemoryBehaviour;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = souk_search::contract::behaviour::cases();
    assert!(cases.len() >= 7);
    for case in cases {
        println!("{}", case.name);
        let store = Arc::new(MemoryBehaviour::default());
        (case.run)(store).now_or_never().expect("memory never waits");
    }
}
