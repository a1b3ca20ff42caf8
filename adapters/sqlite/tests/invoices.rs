//! The invoices port's contract, on a file each; and what a crash leaves.

mod common;

use common::Folder;
use souk_invoices::contract::cases;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 6);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new();
        let store: Arc<dyn souk_invoices::Invoices> = folder.open();
        (case.run)(store).await;
    }
}
