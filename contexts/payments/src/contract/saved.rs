//! The cases that every adapter of [`SavedMethods`] must pass, each on an empty store.

use crate::{CardFace, KEPT_MAX, SaveRefusal, SavedMethod, SavedMethods};
use souk_kernel::{BoxFuture, Id, Timestamp, UserId};
use std::sync::Arc;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// The body.
    pub run: fn(Arc<dyn SavedMethods>) -> BoxFuture<'static, ()>,
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($store:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case { name: stringify!($name), run: |store| Box::pin($name(store)) }),*]
        }
        $($(#[$doc])* async fn $name($store: Arc<dyn SavedMethods>) $body)*
    };
}

fn user(n: u8) -> UserId {
    Id::from_bytes([n; 16])
}

fn method(of: UserId, n: u8) -> SavedMethod {
    SavedMethod {
        id: Id::from_bytes([n + 100; 16]),
        user: of,
        gateway: "sandbox".into(),
        token: format!("pm_{n}'\""),
        face: CardFace {
            brand: "visa".into(),
            last4: format!("{n:04}"),
            expires: "2034-12".into(),
        },
        is_default: false,
        created_at: Timestamp(1_790_000_000_000 + i64::from(n)),
    }
}

async fn keep(store: &Arc<dyn SavedMethods>, of: UserId, n: u8) -> SavedMethod {
    store.keep(method(of, n)).await.expect("kept")
}

/// A shopper's, by the last digits, with a mark on the default.
async fn shown(store: &Arc<dyn SavedMethods>, of: UserId) -> Vec<(String, bool)> {
    let all = store.of_user(of).await.expect("the store works");
    assert!(all.iter().all(|method| method.user == of));
    all.into_iter().map(|method| (method.face.last4, method.is_default)).collect()
}

fn listed(numbers: &[(u8, bool)]) -> Vec<(String, bool)> {
    numbers.iter().map(|(n, default)| (format!("{n:04}"), *default)).collect()
}

cases! {
    async fn what_is_kept_reads_back_and_the_first_is_the_default(store) {
        let first = keep(&store, user(1), 1).await;
        assert_eq!(first, SavedMethod { is_default: true, ..method(user(1), 1) });
        let second = keep(&store, user(1), 2).await;
        assert!(!second.is_default);
        assert_eq!(store.of_user(user(1)).await, Ok(vec![first, second]));
        keep(&store, user(1), 3).await;
        let all = [(1, true), (3, false), (2, false)];
        assert_eq!(shown(&store, user(1)).await, listed(&all), "the default, then the newest");
        assert_eq!(shown(&store, user(2)).await, []);
    }

    async fn the_same_token_is_kept_once_by_each(store) {
        let first = keep(&store, user(1), 1).await;
        let again = SavedMethod { id: Id::from_bytes([77; 16]), ..method(user(1), 1) };
        assert_eq!(store.keep(again).await, Ok(first));
        let other = SavedMethod { id: Id::from_bytes([78; 16]), ..method(user(2), 1) };
        assert!(store.keep(other).await.expect("kept").is_default);
        assert_eq!(shown(&store, user(1)).await.len(), 1);
    }

    async fn no_more_than_so_many(store) {
        for n in 0..KEPT_MAX as u8 {
            keep(&store, user(1), n).await;
        }
        assert_eq!(store.keep(method(user(1), 90)).await, Err(SaveRefusal::Full));
        assert!(store.keep(method(user(1), 3)).await.is_ok(), "it is there already");
        keep(&store, user(2), 91).await;
        let gone = store.remove(user(1), method(user(1), 4).id).await;
        assert!(gone.expect("the store works").is_some());
        keep(&store, user(1), 90).await;
    }

    async fn another_becomes_the_default(store) {
        for n in 1..=3 {
            keep(&store, user(1), n).await;
        }
        let second = method(user(1), 2).id;
        assert_eq!(store.prefer(user(1), second).await, Ok(true));
        let all = [(2, true), (3, false), (1, false)];
        assert_eq!(shown(&store, user(1)).await, listed(&all));
        let gone = store.remove(user(1), second).await.expect("the store works");
        assert_eq!(gone.map(|method| method.id), Some(second));
        assert_eq!(shown(&store, user(1)).await, listed(&[(3, true), (1, false)]));
        assert_eq!(store.remove(user(1), second).await, Ok(None), "once");
        assert_eq!(store.prefer(user(1), second).await, Ok(false));
        assert_eq!(shown(&store, user(1)).await, listed(&[(3, true), (1, false)]));
    }

    async fn nobody_touches_anothers(store) {
        let hers = keep(&store, user(1), 1).await;
        keep(&store, user(2), 2).await;
        assert_eq!(store.remove(user(2), hers.id).await, Ok(None));
        assert_eq!(store.prefer(user(2), hers.id).await, Ok(false));
        assert_eq!(shown(&store, user(1)).await, listed(&[(1, true)]));
        assert_eq!(shown(&store, user(2)).await, listed(&[(2, true)]));
    }
}
