//! The inbox's contract, in memory.

use futures_util::FutureExt;
use souk_memory::inbox::MemoryInbox;
use souk_payments::contract::inbox::cases;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    assert!(cases().len() >= 6);
    for case in cases() {
        println!("{}", case.name);
        (case.run)(Arc::new(MemoryInbox::default())).now_or_never().expect("memory never waits");
    }
}
