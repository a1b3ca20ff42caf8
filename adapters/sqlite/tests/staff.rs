//! The staff port's contract, on a file each.

mod common;

use common::Folder;
use souk_kernel::Timestamp;
use souk_payments::PaymentState;
use souk_reviews::Standing;
use souk_sqlite::catalog::SqliteCatalog;
use souk_staff::contract::{Bench, cases};
use souk_staff::{
    Begun, Desk, FindCustomers, FindPayments, FindRefunds, FindReturns, FindReviews, Worth,
};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 9);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new();
        let store = folder.open();
        let bench = Bench {
            staff: store.clone(),
            stock: store.clone(),
            sellers: store.clone(),
            outbox: store.clone(),
            catalog: Arc::new(SqliteCatalog::new(store.clone())),
            reviews: store.clone(),
            desk: store.clone(),
            payments: store.clone(),
            accounts: store.clone(),
            parcels: store.clone(),
            invoices: store.clone(),
            books: store.clone(),
            words: store,
        };
        (case.run)(bench).await;
    }
}

/// An id of whatever noun.
fn before<N>() -> souk_kernel::Id<N> {
    souk_kernel::Id::from_bytes([7; 16])
}

/// Every list of the desk is a statement that the engine takes, with and without filters.
#[tokio::test(flavor = "multi_thread")]
async fn the_lists_of_an_empty_desk_are_empty() {
    let folder = Folder::new();
    let desk: Arc<dyn Desk> = folder.open();
    let at = Timestamp(1_790_000_000_000);
    let text = Some(String::from("g-1"));
    let captured = Some(PaymentState::Captured);
    for (state, reference, last) in [(None, None, None), (captured, text, Some(before()))] {
        let find = FindPayments { state, reference, before: last, limit: 9 };
        assert_eq!(desk.find_payments(&find).await, Ok(Vec::new()));
    }
    for open in [true, false] {
        for before in [None, Some((at, before()))] {
            let find = FindRefunds { open, before, limit: 9 };
            assert_eq!(desk.find_refunds(&find).await, Ok(Vec::new()));
        }
    }
    let customers = FindCustomers { text: "ada".into(), before: Some(before()), limit: 9 };
    assert_eq!(desk.find_customers(&customers).await, Ok(Vec::new()));
    for reported in [true, false] {
        let standing = Some(Standing::Held);
        let (product, before) = (Some(before()), Some(before()));
        let find = FindReviews { reported, standing, product, before, limit: 9 };
        assert_eq!(desk.find_reviews(&find).await, Ok(Vec::new()));
    }
    let returns = FindReturns { state: None, before: Some(before()), limit: 9 };
    assert_eq!(desk.find_returns(&returns).await, Ok(Vec::new()));
    assert_eq!(desk.shortages(9).await, Ok(Vec::new()));
    assert_eq!(desk.begun(at, at.plus_ms(1)).await, Ok(Begun::default()));
    assert_eq!(desk.worth().await, Ok(Worth::default()));
}
