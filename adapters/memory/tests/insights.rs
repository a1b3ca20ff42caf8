//! The contract of insights, on the memory adapter.

use futures_util::FutureExt;
use souk_memory::insights::MemoryInsights;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = souk_insights::contract::cases();
    assert!(cases.len() >= 10);
    for case in cases {
        println!("{}", case.name);
        let store = Arc::new(MemoryInsights::default());
        (case.run)(store).now_or_never().expect("memory never waits");
    }
}
