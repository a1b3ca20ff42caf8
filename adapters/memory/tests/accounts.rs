//! The accounts port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_memory::accounts::MemoryAccounts;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = souk_accounts::contract::cases();
    assert!(cases.len() >= 13);
    for case in cases {
        println!("{}", case.name);
        let run = (case.run)(Arc::new(MemoryAccounts::default()));
        run.now_or_never().expect("memory never waits");
    }
}
