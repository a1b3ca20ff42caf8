//! The cases that every adapter of [`Preferences`] must pass, each on a fresh store.

use crate::{Preferences, Topic, Unsubscribe};
use souk_kernel::{BoxFuture, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Arc<dyn Preferences>) -> BoxFuture<'static, ()>,
}

/// Every case.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        Case { name: "topics_are_declined_one_by_one", run: |s| Box::pin(one_by_one(s)) },
        Case { name: "the_secret_is_given_once", run: |s| Box::pin(secret(s)) },
        Case { name: "only_the_secret_unsubscribes", run: |s| Box::pin(unsubscribes(s)) },
        Case { name: "a_forgotten_user_has_no_secret", run: |s| Box::pin(forgets(s)) },
    ]
}

const ADA: UserId = UserId::from_bytes([7; 16]);
const BOB: UserId = UserId::from_bytes([8; 16]);

async fn declined(store: &Arc<dyn Preferences>, user: UserId) -> Vec<Topic> {
    let all: BTreeSet<Topic> = store.declined(user).await.expect("the store works");
    all.into_iter().collect()
}

async fn one_by_one(store: Arc<dyn Preferences>) {
    assert!(declined(&store, ADA).await.is_empty());
    for _ in 0..2 {
        assert_eq!(store.decline(ADA, Topic::BackInStock, true).await, Ok(()));
        assert_eq!(declined(&store, ADA).await, [Topic::BackInStock]);
    }
    assert_eq!(store.decline(ADA, Topic::PriceDrops, true).await, Ok(()));
    assert_eq!(declined(&store, ADA).await, Topic::ALL);
    assert!(declined(&store, BOB).await.is_empty());
    for _ in 0..2 {
        assert_eq!(store.decline(ADA, Topic::BackInStock, false).await, Ok(()));
        assert_eq!(declined(&store, ADA).await, [Topic::PriceDrops]);
    }
}

async fn secret(store: Arc<dyn Preferences>) {
    assert_eq!(store.given_secret(ADA).await, Ok(None), "asking gives none");
    assert_eq!(store.secret(ADA, [1; 16]).await, Ok([1; 16]));
    assert_eq!(store.secret(ADA, [2; 16]).await, Ok([1; 16]));
    assert_eq!(store.given_secret(ADA).await, Ok(Some([1; 16])));
    assert_eq!(store.decline(BOB, Topic::PriceDrops, true).await, Ok(()));
    assert_eq!(store.given_secret(BOB).await, Ok(None), "nor does declining");
    assert_eq!(store.secret(BOB, [3; 16]).await, Ok([3; 16]));
    assert_eq!(declined(&store, BOB).await, [Topic::PriceDrops], "a secret takes nothing back");
    assert_eq!(store.decline(ADA, Topic::PriceDrops, true).await, Ok(()));
    assert_eq!(store.secret(ADA, [4; 16]).await, Ok([1; 16]));
}

async fn unsubscribes(store: Arc<dyn Preferences>) {
    let link = Unsubscribe { user: ADA, topic: Topic::PriceDrops, key: [1; 16] };
    assert_eq!(store.unsubscribe(link).await, Ok(false), "nobody knows her");
    assert_eq!(store.secret(ADA, [1; 16]).await, Ok([1; 16]));
    assert_eq!(store.secret(BOB, [2; 16]).await, Ok([2; 16]));
    assert_eq!(store.unsubscribe(Unsubscribe { key: [2; 16], ..link }).await, Ok(false));
    assert!(declined(&store, ADA).await.is_empty());
    for _ in 0..2 {
        assert_eq!(store.unsubscribe(link).await, Ok(true));
        assert_eq!(declined(&store, ADA).await, [Topic::PriceDrops]);
    }
    assert!(declined(&store, BOB).await.is_empty());
}

async fn forgets(store: Arc<dyn Preferences>) {
    assert_eq!(store.secret(ADA, [1; 16]).await, Ok([1; 16]));
    assert_eq!(store.decline(ADA, Topic::BackInStock, true).await, Ok(()));
    for _ in 0..2 {
        assert_eq!(store.forget(ADA).await, Ok(()));
    }
    assert!(declined(&store, ADA).await.is_empty());
    assert_eq!(store.given_secret(ADA).await, Ok(None));
    let link = Unsubscribe { user: ADA, topic: Topic::PriceDrops, key: [1; 16] };
    assert_eq!(store.unsubscribe(link).await, Ok(false));
}
