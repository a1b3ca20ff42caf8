//! The contract of insights, on a file each.

mod common;

use common::Folder;
use souk_insights::{Insights, Look};
use souk_kernel::{Id, Timestamp};
use std::sync::Arc;

#[tokio::test]
async fn keeps_the_contract() {
    let cases = souk_insights::contract::cases();
    assert!(cases.len() >= 10);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new();
        let store: Arc<dyn Insights> = folder.open();
        (case.run)(store).await;
    }
}

#[tokio::test]
async fn a_trail_is_there_after_a_restart() {
    let folder = Folder::new();
    let (user, product) = (Id::from_bytes([7; 16]), Id::from_bytes([8; 16]));
    let store = folder.open();
    let look = Look { user: Some(user), product, at: Timestamp(1_790_000_000_000) };
    Insights::look(&*store, vec![look]).await.expect("noted");
    store.close();
    drop(store);
    let trail = Insights::trail(&*folder.open(), user, 5).await.expect("a trail");
    assert_eq!(trail.iter().map(|viewed| viewed.product).collect::<Vec<_>>(), [product]);
}
