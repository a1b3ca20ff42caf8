//! The contract of saved methods, in memory.

use futures_util::FutureExt;
use souk_memory::saved::MemorySavedMethods;
use souk_payments::contract::saved::cases;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    assert!(cases().len() >= 5);
    for case in cases() {
        println!("{}", case.name);
        (case.run)(Arc::new(MemorySavedMethods::default()))
            .now_or_never()
            .expect("memory never waits");
    }
}
