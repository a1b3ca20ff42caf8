//! The contract of shoppers' acts, on SQLite.

mod common;

use common::Folder;
use souk_kernel::{ProductId, Timestamp, UserId};
use souk_search::behaviour::{Act, Interest, Seen};
use souk_search::port::Behaviour;
use std::sync::Arc;

#[tokio::test]
async fn keeps_the_contract() {
    let cases = souk_search::contract::behaviour::cases();
    assert!(cases.len() >= 7);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new();
        let store: Arc<dyn Behaviour> = folder.open();
        (case.run)(store).await;
    }
}

#[tokio::test]
async fn what_was_seen_is_there_after_a_restart() {
    let folder = Folder::new();
    let user = UserId::from_bytes([7; 16]);
    let interest = Interest {
        product: ProductId::from_bytes([8; 16]),
        act: Act::Looked,
        brand: "Acme".to_owned(),
        category: vec!["Home".to_owned()],
        at: Timestamp(1_790_000_000_000),
    };
    let store = folder.open();
    let seen = vec![Seen { user: Some(user), interest: interest.clone() }];
    Behaviour::record(&*store, seen, vec![], interest.at).await.expect("records");
    store.close();
    drop(store);
    let again = folder.open();
    assert_eq!(Behaviour::recent(&*again, user).await, Ok(vec![interest]));
    assert_eq!(Behaviour::totals(&*again).await, Ok((1, 0)));
}
