//! The mailbox port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_memory::notifications::MemoryMailbox;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = souk_notifications::contract::cases();
    assert!(cases.len() >= 7);
    for case in cases {
        println!("{}", case.name);
        let run = (case.run)(Arc::new(MemoryMailbox::default()));
        run.now_or_never().expect("memory never waits");
    }
    for case in souk_notifications::contract::preferences::cases() {
        println!("{}", case.name);
        let run = (case.run)(Arc::new(MemoryMailbox::default()));
        run.now_or_never().expect("memory never waits");
    }
}
