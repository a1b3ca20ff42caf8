//! The sellers' ports' contract, on a file each.

mod common;

use common::Folder;
use souk_sellers::contract::{Bench, cases};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 11);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new();
        let store = folder.open();
        (case.run)(Bench { sellers: store.clone(), books: store.clone(), outbox: store }).await;
    }
}
