//! The cases that every adapter of [`Behaviour`] must pass. Each wants an empty store of its own.

use crate::behaviour::{
    Act, FADES_AFTER_MS, Interest, KEPT_INTERESTS, SUGGESTED_AFTER, Seen, Tally,
};
use crate::port::Behaviour;
use souk_kernel::{BoxFuture, ProductId, Timestamp, UserId};
use std::sync::Arc;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Arc<dyn Behaviour>) -> BoxFuture<'static, ()>,
}

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn product(n: u8) -> ProductId {
    let mut bytes = [0; 16];
    bytes[5] = n;
    bytes[15] = n;
    ProductId::from_bytes(bytes)
}

fn user(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

fn seen(who: Option<u8>, what: u8, act: Act, at: i64) -> Seen {
    let interest = Interest {
        product: product(what),
        act,
        brand: "Acme".to_owned(),
        category: vec!["Home".to_owned(), "Kettles".to_owned()],
        at: NOW.plus_ms(at),
    };
    Seen { user: who.map(user), interest }
}

async fn record(store: &Arc<dyn Behaviour>, seen: Vec<Seen>) {
    store.record(seen, vec![], NOW).await.expect("records");
}

async fn asked(store: &Arc<dyn Behaviour>, text: &str, times: u32) {
    let texts = (0..times).map(|_| text.to_owned()).collect();
    store.record(vec![], texts, NOW).await.expect("records");
}

macro_rules! define {
    ($($(#[$doc:meta])* async fn $name:ident($store:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case { name: stringify!($name), run: |store| Box::pin($name(store)) }),*]
        }
        $($(#[$doc])* async fn $name($store: Arc<dyn Behaviour>) $body)*
    };
}

define! {
    async fn looks_and_orders_are_counted_by_product(store) {
        record(&store, vec![
            seen(Some(1), 1, Act::Looked, 0),
            seen(None, 1, Act::Looked, 1),
            seen(Some(2), 1, Act::Bought, 2),
            seen(Some(2), 2, Act::Looked, 3),
        ]).await;
        record(&store, vec![seen(None, 1, Act::Looked, 4)]).await;
        let expected = [
            Tally { product: product(1), views: 3, orders: 1 },
            Tally { product: product(2), views: 1, orders: 0 },
        ];
        assert_eq!(store.tallies(None, 10).await.expect("reads"), expected);
        assert_eq!(store.totals().await, Ok((4, 1)));
    }

    async fn tallies_are_read_in_pieces(store) {
        record(&store, (1..=7).map(|n| seen(None, n, Act::Looked, 0)).collect()).await;
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let piece = store.tallies(after, 3).await.expect("reads");
            after = piece.last().map(|tally| tally.product);
            all.extend(piece.iter().map(|tally| tally.product));
            if piece.len() < 3 {
                break;
            }
        }
        assert_eq!(all, (1..=7).map(product).collect::<Vec<_>>());
    }

    async fn a_shopper_has_the_last_act_on_each_product_newest_first(store) {
        let third = seen(Some(1), 1, Act::Looked, 30);
        record(&store, vec![
            seen(Some(1), 1, Act::Bought, 10),
            seen(Some(1), 2, Act::Looked, 20),
            third.clone(),
            seen(Some(2), 3, Act::Looked, 40),
            seen(None, 4, Act::Looked, 50),
        ]).await;
        let recent = store.recent(user(1)).await.expect("reads");
        // A look after the purchase leaves it a purchase.
        let bought = Interest { act: Act::Bought, ..third.interest };
        assert_eq!(recent, [bought, seen(None, 2, Act::Looked, 20).interest]);
        assert_eq!(store.recent(user(9)).await, Ok(vec![]));
    }

    async fn only_the_last_products_are_kept(store) {
        let all = 60_u8;
        for n in 1..=all {
            record(&store, vec![seen(Some(1), n, Act::Looked, i64::from(n))]).await;
        }
        let recent = store.recent(user(1)).await.expect("reads");
        let expected = (1..=all).rev().take(KEPT_INTERESTS).map(product);
        assert_eq!(
            recent.iter().map(|i| i.product).collect::<Vec<_>>(),
            expected.collect::<Vec<_>>()
        );
    }

    async fn what_many_searched_is_suggested(store) {
        asked(&store, "kettle steel", SUGGESTED_AFTER + 2).await;
        asked(&store, "kettle", SUGGESTED_AFTER).await;
        asked(&store, "kettle secret", SUGGESTED_AFTER - 1).await;
        asked(&store, "100% wool_", SUGGESTED_AFTER).await;
        let found = store.searches("kett", 5).await.expect("reads");
        assert_eq!(found, ["kettle steel", "kettle"]);
        assert_eq!(store.searches("kett", 1).await.expect("reads"), ["kettle steel"]);
        assert_eq!(store.searches("100%", 5).await.expect("reads"), ["100% wool_"]);
        for none in ["teapot", "%", "_", "k%", "KETT"] {
            assert_eq!(store.searches(none, 5).await, Ok(vec![]), "{none}");
        }
    }

    async fn counts_fade(store) {
        record(&store, (0..5).map(|_| seen(None, 1, Act::Looked, 0)).collect()).await;
        record(&store, vec![seen(None, 2, Act::Looked, 0)]).await;
        asked(&store, "kettle", 2 * SUGGESTED_AFTER - 1).await;
        store.fade(NOW).await.expect("fades");
        store.fade(NOW.plus_ms(FADES_AFTER_MS - 1)).await.expect("fades");
        assert_eq!(store.totals().await, Ok((6, 0)), "not yet");
        store.fade(NOW.plus_ms(FADES_AFTER_MS)).await.expect("fades");
        store.fade(NOW.plus_ms(FADES_AFTER_MS + 1)).await.expect("fades once");
        let left = Tally { product: product(1), views: 2, orders: 0 };
        assert_eq!(store.tallies(None, 10).await, Ok(vec![left]));
        assert_eq!(store.searches("kett", 5).await, Ok(vec![]));
    }

    async fn a_shopper_can_be_forgotten_and_the_sums_stay(store) {
        record(&store, vec![seen(Some(1), 1, Act::Looked, 0), seen(Some(2), 1, Act::Looked, 1)]).await;
        store.forget(user(1)).await.expect("forgets");
        store.forget(user(9)).await.expect("nobody is no error");
        assert_eq!(store.recent(user(1)).await, Ok(vec![]));
        assert_eq!(store.recent(user(2)).await.expect("reads").len(), 1);
        assert_eq!(store.totals().await, Ok((2, 0)));
    }
}
