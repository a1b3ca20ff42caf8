//! The catalogue port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_memory::catalog::MemoryCatalog;
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = souk_catalog::contract::cases();
    assert!(cases.len() >= 24);
    for case in cases {
        println!("{}", case.name);
        let run = (case.run)(Arc::new(MemoryCatalog::new()));
        run.now_or_never().expect("memory never waits");
    }
}
