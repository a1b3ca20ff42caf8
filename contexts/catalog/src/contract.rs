//! What every adapter of [`Catalog`] must do. An adapter's test runs each of [`cases`] on a fresh
//! store of its own.

use crate::error::{ArrangeRefused, PriceRefused, PutRefused};
use crate::model::{ExternalId, HOUSE_SELLER, Listing, Offer, Product, Seller, TaxClass, Variant};
use crate::port::{
    Arrange, Beside, Catalog, CategoryCount, Checkpoint, PutDone, PutListing, PutOutcome, SetPrice,
    Shelf, StockDue,
};
use souk_kernel::{
    Answers, BoxFuture, Currency, ManualClock, Mint, Money, OfferId, ProductId, SeededEntropy,
    Timestamp, one,
};
use std::collections::BTreeMap;
use std::sync::Arc;

mod builder;
mod hidden;
mod order;
pub mod pictures;
mod reads;
mod writes;

pub use builder::Builder;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Arc<dyn Catalog>) -> BoxFuture<'static, ()>,
}

/// Every case.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut all = writes::cases();
    all.extend(reads::cases());
    all.extend(order::cases());
    all.extend(hidden::cases());
    all
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! case_list {
    ($(async fn $name:ident($store:ident) $body:block)*) => {
        pub(super) fn cases() -> Vec<super::Case> {
            vec![$(super::Case {
                name: stringify!($name),
                run: |store| Box::pin($name(store)),
            }),*]
        }
        $(async fn $name($store: std::sync::Arc<dyn crate::port::Catalog>) $body)*
    };
}
use case_list;

/// The moment of every case.
pub const NOW: Timestamp = Timestamp(1_790_000_000_000);

async fn put(store: &Arc<dyn Catalog>, batch: Vec<PutListing>) -> Answers<PutDone, PutRefused> {
    store.put(batch, None).await.expect("the store works")
}

async fn put_one(store: &Arc<dyn Catalog>, intent: PutListing) -> Result<PutDone, PutRefused> {
    one(put(store, vec![intent]).await)
}

async fn get(store: &Arc<dyn Catalog>, id: ProductId) -> Option<Listing> {
    let found = store.listings(&[id]).await.expect("the store works");
    assert_eq!(found.len(), 1, "one answer for each id");
    found.into_iter().next().flatten()
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}
