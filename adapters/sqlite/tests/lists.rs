//! The lists port's contract, on a file each.

mod common;

use common::Folder;
use souk_lists::contract::{Bench, cases};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 12);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new();
        let store = folder.open();
        (case.run)(Bench { lists: store.clone(), outbox: store }).await;
    }
}
