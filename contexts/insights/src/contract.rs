//! What every adapter of [`Insights`] must do. An adapter's test runs each of [`cases`] on a fresh store.

use crate::rules::{AGAIN_MS, HALF_LIFE_MS, PAIRS, TRAIL, TRAIL_MS, WINDOW_MS, distinct};
use crate::{Insights, Look, Pair, PriceMove, Purchase, Together, Viewed};
use souk_kernel::{
    BoxFuture, Currency, Entropy, Id, Money, OfferId, ProductId, SeededEntropy, Timestamp,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Arc<dyn Insights>) -> BoxFuture<'static, ()>,
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($store:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case {
                name: stringify!($name),
                run: |store| Box::pin($name(store)),
            }),*]
        }
        $($(#[$doc])* async fn $name($store: Arc<dyn Insights>) $body)*
    };
}

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn id<N>(n: u16) -> Id<N> {
    let mut bytes = [1; 16];
    bytes[..2].copy_from_slice(&n.to_be_bytes());
    Id::from_bytes(bytes)
}

fn look(user: Option<u16>, product: u16, ms: i64) -> Look {
    Look { user: user.map(id), product: id(product), at: NOW.plus_ms(ms) }
}

fn order(n: u16, products: &[u16], ms: i64) -> Purchase {
    let products = distinct(products.iter().map(|product| id(*product)));
    Purchase { order: id(n), products, at: NOW.plus_ms(ms) }
}

fn moved(offer: u16, product: u16, prices: (i64, i64), number: u64, ms: i64) -> PriceMove {
    let eur = |minor| Money::new(minor, Currency::Eur);
    PriceMove {
        offer: id(offer),
        product: id(product),
        from: eur(prices.0),
        to: eur(prices.1),
        number,
        at: NOW.plus_ms(ms),
    }
}

async fn trail(store: &Arc<dyn Insights>, user: u16) -> Vec<(ProductId, i64)> {
    let trail = store.trail(id(user), usize::MAX).await.expect("the store works");
    trail.into_iter().map(|Viewed { product, at }| (product, at.since(NOW))).collect()
}

async fn warmest(store: &Arc<dyn Insights>, limit: usize) -> Vec<ProductId> {
    store.warmest(limit).await.expect("the store works")
}

cases! {
    async fn nobody_knows_anything_yet(store) {
        assert_eq!(trail(&store, 1).await, []);
        assert_eq!(warmest(&store, 5).await, []);
        assert_eq!(store.together(id(1)).await, Ok(Together::default()));
        assert_eq!(store.deals(NOW, 5).await, Ok(vec![]));
        assert_eq!(store.deals_of(&[id(1)], NOW).await, Ok(vec![None]));
        assert_eq!(store.prune(NOW, 10).await, Ok(false));
    }

    async fn a_trail_holds_each_product_once_last_look_first(store) {
        let looks = vec![
            look(Some(1), 5, 0), look(Some(1), 6, 10), look(Some(2), 7, 20), look(Some(1), 5, 30),
            look(None, 8, 40),
        ];
        store.look(looks).await.expect("noted");
        assert_eq!(trail(&store, 1).await, [(id(5), 30), (id(6), 10)]);
        assert_eq!(trail(&store, 2).await, [(id(7), 20)]);
        let first = store.trail(id(1), 1).await.expect("the store works");
        assert_eq!(first.len(), 1);
        // A look that comes late does not make the last one older.
        store.look(vec![look(Some(1), 5, 20)]).await.expect("noted");
        assert_eq!(trail(&store, 1).await, [(id(5), 30), (id(6), 10)]);
    }

    async fn a_trail_is_bounded(store) {
        let many = TRAIL as u16 + 7;
        let looks = (0..many).map(|n| look(Some(1), n, i64::from(n))).collect();
        store.look(looks).await.expect("noted");
        let kept = trail(&store, 1).await;
        assert_eq!(kept.len(), TRAIL);
        assert_eq!((kept[0].0, kept[TRAIL - 1].0), (id(many - 1), id(7)));
    }

    async fn a_trail_is_adopted_and_forgotten(store) {
        let looks = vec![
            look(Some(1), 5, 0), look(Some(1), 6, 10), look(Some(2), 5, 5), look(Some(2), 6, 20),
        ];
        store.look(looks).await.expect("noted");
        for _ in 0..2 {
            store.adopt(id(1), id(2)).await.expect("adopted");
            assert_eq!(trail(&store, 1).await, []);
            assert_eq!(trail(&store, 2).await, [(id(6), 20), (id(5), 5)]);
        }
        let many = (0..TRAIL as u16).map(|n| look(Some(3), 100 + n, 100 + i64::from(n)));
        store.look(many.collect()).await.expect("noted");
        store.adopt(id(3), id(2)).await.expect("adopted");
        let kept = trail(&store, 2).await;
        assert_eq!((kept.len(), kept[0].0), (TRAIL, id(100 + TRAIL as u16 - 1)));
        let warm = warmest(&store, 3).await;
        store.forget(id(2)).await.expect("forgotten");
        assert_eq!(trail(&store, 2).await, []);
        assert_eq!(warmest(&store, 3).await, warm, "what was counted stays");
    }

    async fn what_is_looked_at_and_bought_is_warm_and_cools(store) {
        let mut looks: Vec<Look> = (0..3).map(|_| look(None, 1, 0)).collect();
        looks.extend([look(None, 2, 0), look(None, 2, 0)]);
        store.look(looks).await.expect("noted");
        assert_eq!(warmest(&store, 5).await, [id(1), id(2)]);
        assert_eq!(warmest(&store, 1).await, [id(1)]);
        // A page that is loaded again warms once, until half an hour has gone by.
        let again = (0..9).map(|n| look(Some(1), 3, n)).chain([look(Some(1), 3, AGAIN_MS + 8)]);
        store.look(again.collect()).await.expect("noted");
        assert_eq!(warmest(&store, 2).await, [id(1), id(3)]);
        store.count(vec![order(1, &[4], 0)]).await.expect("counted");
        assert_eq!(warmest(&store, 1).await, [id(4)]);
        // Six half-lives later one look is more than an order of then.
        store.look(vec![look(None, 2, 6 * HALF_LIFE_MS)]).await.expect("noted");
        assert_eq!(warmest(&store, 1).await, [id(2)]);
    }

    async fn an_order_counts_once(store) {
        let orders = vec![order(1, &[1, 2], 0), order(1, &[1, 2], 0), order(2, &[1], 0)];
        assert_eq!(store.count(orders).await, Ok(2));
        assert_eq!(store.count(vec![order(2, &[1], 0), order(3, &[1, 2], 0)]).await, Ok(1));
        let pairs = vec![Pair { other: id(2), both: 2, others: 2 }];
        assert_eq!(store.together(id(1)).await, Ok(Together { orders: 3, own: 3, pairs }));
        assert_eq!(store.count(vec![]).await, Ok(0));
    }

    /// Random orders, counted in pieces and some of them twice, against counting them all by hand.
    async fn pairs_are_what_brute_force_counts(store) {
        let dice = SeededEntropy::new(20_261_129);
        let mut orders = Vec::new();
        for n in 0..300 {
            let many = 1 + dice.next_u64() % 5;
            let products: Vec<u16> = (0..many).map(|_| (dice.next_u64() % 20) as u16).collect();
            orders.push(order(n, &products, i64::from(n)));
        }
        for piece in orders.chunks(37) {
            store.count(piece.to_vec()).await.expect("counted");
            store.count(piece[..5.min(piece.len())].to_vec()).await.expect("counted");
        }
        for product in (0..20).map(id) {
            let with = orders.iter().filter(|order| order.products.contains(&product));
            let mut both: BTreeMap<ProductId, u32> = BTreeMap::new();
            let mut own = 0;
            for order in with {
                own += 1;
                for other in order.products.iter().filter(|other| **other != product) {
                    *both.entry(*other).or_default() += 1;
                }
            }
            let of = |other: ProductId| {
                orders.iter().filter(|o| o.products.contains(&other)).count() as u32
            };
            let pairs: Vec<Pair> = both
                .into_iter()
                .map(|(other, both)| Pair { other, both, others: of(other) })
                .collect();
            let expected = Together { orders: 300, own, pairs };
            assert_eq!(store.together(product).await, Ok(expected), "{product}");
        }
    }

    async fn pairs_are_bounded_and_the_weakest_goes_first(store) {
        let many = PAIRS as u16 + 3;
        let strong = (0..2).map(|n| order(n, &[1, 100], 0));
        let weak = (0..many - 1).map(|n| order(10 + n, &[1, 101 + n], 1 + i64::from(n)));
        store.count(strong.chain(weak).collect()).await.expect("counted");
        let counted = store.together(id(1)).await.expect("the store works");
        assert_eq!(counted.pairs.len(), PAIRS);
        let others: Vec<_> = counted.pairs.iter().map(|pair| pair.other).collect();
        assert!(others.contains(&id(100)), "the strongest stays");
        assert!(!others.contains(&id(101)) && !others.contains(&id(103)), "the oldest weak go");
        assert!(others.contains(&id(104)) && others.contains(&id(100 + many - 1)));
    }

    async fn deals_stand_in_order_and_end(store) {
        let moves = vec![
            moved(1, 1, (1_000, 900), 2, 0), moved(2, 2, (1_000, 500), 2, 1),
            moved(3, 2, (1_000, 600), 2, 2), moved(4, 3, (1_000, 1_100), 2, 3),
            // Known already, and a number that is not newer.
            moved(2, 2, (500, 100), 2, 4),
        ];
        store.price(moves).await.expect("noted");
        let offers = |deals: Vec<crate::Deal>| -> Vec<OfferId> {
            deals.iter().map(|deal| deal.offer).collect()
        };
        let deals = store.deals(NOW, 5).await.expect("the store works");
        assert_eq!((deals[0].price.minor, deals[0].was.minor), (500, 1_000));
        assert_eq!((deals[0].product, deals[0].since), (id(2), NOW.plus_ms(1)));
        assert_eq!(offers(deals), [id(2), id(3), id(1)]);
        assert_eq!(offers(store.deals(NOW, 1).await.expect("the store works")), [id(2)]);
        let of = store.deals_of(&[id(3), id(2), id(1), id(2)], NOW).await.expect("it works");
        let of: Vec<_> = of.iter().map(|deal| deal.map(|deal| deal.offer)).collect();
        assert_eq!(of, [None, Some(id(2)), Some(id(1)), Some(id(2))]);
        // Dearer again: over.
        store.price(vec![moved(2, 2, (500, 1_000), 3, 10)]).await.expect("noted");
        assert_eq!(offers(store.deals(NOW, 5).await.expect("the store works")), [id(3), id(1)]);
        // A month later a price is no news.
        let later = NOW.plus_ms(WINDOW_MS + 1);
        assert_eq!(offers(store.deals(later, 5).await.expect("the store works")), [id(3)]);
        let of = store.deals_of(&[id(1), id(2)], later).await.expect("the store works");
        assert_eq!(of.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    }

    async fn what_is_past_its_time_is_forgotten(store) {
        store.look(vec![look(Some(1), 1, 0), look(Some(1), 2, TRAIL_MS)]).await.expect("noted");
        store.count(vec![order(1, &[1, 3], 0)]).await.expect("counted");
        store.price(vec![moved(1, 1, (1_000, 500), 2, 0)]).await.expect("noted");
        let later = NOW.plus_ms(TRAIL_MS + 1);
        let mut rounds = 0;
        while store.prune(later, 1).await.expect("the store works") {
            rounds += 1;
            assert!(rounds < 50, "it ends");
        }
        assert_eq!(trail(&store, 1).await, [(id(2), TRAIL_MS)]);
        // An order that is told again after so long counts again: its mark is gone.
        assert_eq!(store.count(vec![order(1, &[1, 3], 0)]).await, Ok(1));
        let long = NOW.plus_ms(40 * HALF_LIFE_MS);
        while store.prune(long, 100).await.expect("the store works") {}
        assert_eq!(warmest(&store, 9).await, []);
        assert_eq!(store.deals(NOW, 9).await, Ok(vec![]));
    }
}
