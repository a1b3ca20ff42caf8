//! The cart port's contract, on SQLite.

mod common;

use common::Folder;
use souk_cart::{CartIntent, Carts, Line, Step};
use souk_kernel::{Currency, Id, Money, Timestamp, UserId};
use std::sync::Arc;

#[tokio::test]
async fn keeps_the_contract() {
    let folder = Folder::new();
    let store: Arc<dyn Carts> = folder.open();
    let cases = souk_cart::contract::cases();
    assert!(cases.len() >= 18);
    for case in cases {
        println!("{}", case.name);
        (case.run)(Arc::clone(&store)).await;
    }
}

#[tokio::test]
async fn a_cart_is_there_after_a_restart() {
    let folder = Folder::new();
    let user: UserId = Id::from_bytes([7; 16]);
    let at = Timestamp(1_790_000_000_000);
    let price = Money::new(100, Currency::Eur);
    let line = Line { offer: Id::from_bytes([8; 16]), quantity: 2, price, added_at: at };
    let step = Step::Add { line, expected_version: None, keep_until: at.plus_ms(1) };
    let store = folder.open();
    let answers = Carts::apply(&*store, vec![CartIntent { user, at, step }]).await;
    store.close();
    drop(store);
    let again = folder.open();
    let kept = Carts::get(&*again, user).await.expect("the store works");
    assert_eq!(kept.as_ref(), Some(answers[0].as_ref().expect("applied").cart()));
}
