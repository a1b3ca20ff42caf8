//! What every adapter of [`Lists`] must do. An adapter's test runs each of [`cases`] on a fresh store
//! that keeps facts too.

use crate::event::{AlertFact, CAME_BACK, PRICE_FELL};
use crate::rules::{MAX_ALERTS, MAX_WISHES};
use crate::{Adopted, Alert, Awaited, Lists, Put, Wish};
use souk_kernel::{BoxFuture, Currency, Event, Id, LANES, Money, Outbox, Timestamp, UserId};
use std::sync::Arc;

/// The stores under test: one store behind two ports.
#[derive(Clone)]
pub struct Bench {
    /// The port under test.
    pub lists: Arc<dyn Lists>,
    /// Where its facts wait.
    pub outbox: Arc<dyn Outbox>,
}

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Bench) -> BoxFuture<'static, ()>,
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case { name: stringify!($name), run: |bench| Box::pin($name(bench)) }),*]
        }
        $($(#[$doc])* async fn $name($bench: Bench) $body)*
    };
}

const NOW: Timestamp = Timestamp(1_790_000_000_000);
const KEEP: Timestamp = Timestamp(1_791_000_000_000);
const EVER: Timestamp = Timestamp(i64::MAX);

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn wish(offer: u8, ms: i64) -> Wish {
    let price = eur(100 + i64::from(offer));
    Wish { offer: id(offer), product: id(offer), price, added_at: NOW.plus_ms(ms) }
}

fn alert(n: u8, user: u8, offer: u8, awaited: Awaited) -> Alert {
    let since = NOW.plus_ms(i64::from(n));
    Alert { id: id(n), user: id(user), offer: id(offer), product: id(9), awaited, told: 0, since }
}

impl Bench {
    async fn wish(&self, user: u8, wish: Wish, keep: Timestamp) -> Put {
        self.lists.wish(id(user), wish, keep).await.expect("the store works")
    }

    async fn offers(&self, user: u8, now: Timestamp) -> Vec<u8> {
        let wishes = self.lists.wishes(id(user), now).await.expect("the store works");
        wishes.iter().map(|wish| wish.offer.bytes()[0]).collect()
    }

    async fn ask(&self, alert: Alert) -> Put {
        self.lists.alert(alert).await.expect("the store works")
    }

    async fn alerts(&self, user: u8) -> Vec<Alert> {
        self.lists.alerts(id(user)).await.expect("the store works")
    }

    async fn facts(&self) -> Vec<(Event, AlertFact)> {
        let lanes: Vec<u16> = (0..LANES).collect();
        let found = self.outbox.pending(&lanes, 10_000).await.expect("facts");
        let read = |event: Event| {
            let body = serde_json::from_str(&event.body).expect("a fact of an alert");
            (event, body)
        };
        found.into_iter().map(|(_, event)| read(event)).collect()
    }
}

cases! {
    async fn nobody_wishes_or_waits(bench) {
        assert!(bench.offers(1, NOW).await.is_empty());
        assert_eq!(bench.alerts(1).await, []);
        assert_eq!(bench.lists.unwish(id(1), id(7)).await, Ok(false));
        assert_eq!(bench.lists.withdraw(id(1), id(7)).await, Ok(false));
        assert_eq!(bench.lists.awaited(None, 5).await, Ok(vec![]));
        assert_eq!(bench.lists.came_back(id(7), NOW, 5).await, Ok(0));
        assert_eq!(bench.lists.price_fell(id(7), eur(1), NOW, 5).await, Ok(0));
    }

    async fn a_wishlist_holds_an_offer_once_newest_first(bench) {
        assert_eq!(bench.wish(1, wish(7, 0), EVER).await, Put::Added);
        assert_eq!(bench.wish(1, wish(8, 1), EVER).await, Put::Added);
        let dearer = Wish { price: eur(999), ..wish(7, 2) };
        assert_eq!(bench.wish(1, dearer, EVER).await, Put::There);
        bench.wish(2, wish(9, 0), EVER).await;
        let wishes = bench.lists.wishes(id(1), NOW).await.expect("the store works");
        assert_eq!(wishes, [wish(8, 1), wish(7, 0)]);
        assert_eq!(bench.lists.unwish(id(2), id(7)).await, Ok(false), "another's");
        assert_eq!(bench.offers(1, NOW).await, [8, 7]);
        assert_eq!(bench.lists.unwish(id(1), id(7)).await, Ok(true));
        assert_eq!((bench.offers(1, NOW).await, bench.offers(2, NOW).await), (vec![8], vec![9]));
    }

    async fn a_wishlist_is_bounded(bench) {
        for n in 0..MAX_WISHES as u8 {
            assert_eq!(bench.wish(1, wish(n, 0), EVER).await, Put::Added);
        }
        assert_eq!(bench.wish(1, wish(250, 0), EVER).await, Put::Full);
        assert_eq!(bench.wish(1, wish(5, 0), EVER).await, Put::There);
        assert_eq!(bench.wish(2, wish(250, 0), EVER).await, Put::Added);
        assert_eq!(bench.offers(1, NOW).await.len(), MAX_WISHES);
    }

    async fn a_guest_s_list_is_kept_from_its_last_wish_on(bench) {
        bench.wish(1, wish(7, 0), NOW.plus_ms(10)).await;
        bench.wish(1, wish(8, 0), KEEP).await;
        bench.wish(2, wish(9, 0), EVER).await;
        assert_eq!(bench.offers(1, KEEP.plus_ms(-1)).await.len(), 2);
        assert!(bench.offers(1, KEEP).await.is_empty());
        bench.wish(3, wish(7, 0), NOW.plus_ms(5)).await;
        bench.wish(3, wish(8, 5), EVER).await;
        assert_eq!(bench.offers(3, NOW).await, [8], "what has ended does not come back");
        assert_eq!(bench.lists.prune(KEEP.plus_ms(-1), 5).await, Ok(0));
        assert_eq!(bench.lists.prune(KEEP, 1).await, Ok(1));
        assert_eq!(bench.lists.prune(KEEP, 5).await, Ok(1));
        assert_eq!(bench.lists.prune(KEEP, 5).await, Ok(0));
        assert_eq!(bench.offers(2, KEEP).await, [9]);
    }

    async fn wishes_are_adopted_once(bench) {
        bench.wish(1, wish(7, 0), KEEP).await;
        bench.wish(1, wish(8, 1), KEEP).await;
        let own = Wish { price: eur(5), ..wish(7, 2) };
        bench.wish(2, own, EVER).await;
        let adopt = || bench.lists.adopt(id(1), id(2), NOW);
        assert_eq!(adopt().await, Ok(Adopted { moved: 1, left_out: 0 }));
        assert_eq!(adopt().await, Ok(Adopted::default()));
        assert!(bench.offers(1, NOW).await.is_empty());
        let wishes = bench.lists.wishes(id(2), KEEP).await.expect("the store works");
        assert_eq!(wishes, [own, wish(8, 1)], "kept for good now");
    }

    async fn an_adopted_list_stops_at_the_limit(bench) {
        for n in 0..MAX_WISHES as u8 - 1 {
            bench.wish(2, wish(n, 0), EVER).await;
        }
        bench.wish(1, wish(200, 0), KEEP).await;
        bench.wish(1, wish(201, 1), KEEP).await;
        bench.wish(1, wish(0, 2), KEEP).await;
        let adopted = bench.lists.adopt(id(1), id(2), NOW).await;
        assert_eq!(adopted, Ok(Adopted { moved: 1, left_out: 1 }));
        let offers = bench.offers(2, KEEP).await;
        assert_eq!((offers.len(), offers[0]), (MAX_WISHES, 201), "the newest goes first");
        assert!(bench.offers(1, NOW).await.is_empty());
    }

    async fn a_guest_who_signs_up_keeps_the_list_for_good(bench) {
        bench.wish(1, wish(7, 0), KEEP).await;
        assert_eq!(bench.lists.adopt(id(1), id(1), NOW).await, Ok(Adopted::default()));
        assert_eq!(bench.offers(1, KEEP).await, [7]);
        // What was past its time already does not come back.
        bench.wish(3, wish(7, 0), NOW).await;
        bench.lists.adopt(id(3), id(3), NOW).await.expect("adopted");
        bench.lists.adopt(id(3), id(4), NOW).await.expect("adopted");
        assert_eq!((bench.offers(3, NOW).await, bench.offers(4, NOW).await), (vec![], vec![]));
    }

    async fn there_is_one_alert_for_each_thing(bench) {
        let price = Awaited::PriceBelow(eur(100));
        assert_eq!(bench.ask(alert(1, 1, 7, Awaited::Stock)).await, Put::Added);
        assert_eq!(bench.ask(alert(2, 1, 7, price)).await, Put::Added);
        assert_eq!(bench.ask(alert(3, 1, 7, Awaited::Stock)).await, Put::There);
        assert_eq!(bench.ask(alert(4, 2, 7, Awaited::Stock)).await, Put::Added);
        let own = bench.alerts(1).await;
        assert_eq!(own, [alert(2, 1, 7, price), alert(1, 1, 7, Awaited::Stock)]);
        assert_eq!(bench.lists.withdraw(id(1), id(4)).await, Ok(false), "somebody else's");
        assert_eq!(bench.lists.withdraw(id(1), id(1)).await, Ok(true));
        assert_eq!(bench.alerts(1).await.len(), 1);
        for n in 1..MAX_ALERTS as u8 {
            assert_eq!(bench.ask(alert(10 + n, 1, 100 + n, price)).await, Put::Added);
        }
        assert_eq!(bench.ask(alert(99, 1, 99, price)).await, Put::Full);
        assert_eq!(bench.ask(alert(99, 1, 7, price)).await, Put::There);
    }

    async fn what_is_awaited_is_listed_by_offer(bench) {
        for (n, user, offer) in [(1, 1, 9), (2, 2, 7), (3, 1, 8), (4, 1, 7)] {
            bench.ask(alert(n, user, offer, Awaited::Stock)).await;
        }
        bench.ask(alert(5, 1, 6, Awaited::PriceBelow(eur(1)))).await;
        assert_eq!(bench.lists.awaited(None, 2).await, Ok(vec![id(7), id(8)]));
        assert_eq!(bench.lists.awaited(Some(id(8)), 2).await, Ok(vec![id(9)]));
    }

    async fn stock_is_told_once_to_each(bench) {
        for n in 1..=3 {
            bench.ask(alert(n, n, 7, Awaited::Stock)).await;
        }
        bench.ask(alert(4, 1, 8, Awaited::Stock)).await;
        bench.ask(alert(5, 1, 7, Awaited::PriceBelow(eur(100)))).await;
        assert_eq!(bench.lists.came_back(id(7), NOW, 2).await, Ok(2));
        assert_eq!(bench.lists.came_back(id(7), NOW, 2).await, Ok(1));
        assert_eq!(bench.lists.came_back(id(7), NOW, 2).await, Ok(0));
        let mut told: Vec<UserId> = Vec::new();
        for (event, body) in bench.facts().await {
            assert_eq!((event.kind.as_str(), event.number, event.at), (CAME_BACK, 1, NOW));
            assert_eq!((body.offer, body.product, body.from), (id(7), id(9), None));
            told.push(body.user);
        }
        told.sort();
        assert_eq!(told, [id(1), id(2), id(3)]);
        assert_eq!(bench.alerts(1).await.len(), 2, "the others go on");
    }

    async fn a_lower_price_is_told_once_to_each(bench) {
        let below = |minor| Awaited::PriceBelow(eur(minor));
        for (n, minor) in [(1, 1_000), (2, 900), (3, 1_000)] {
            bench.ask(alert(n, n, 7, below(minor))).await;
        }
        bench.ask(alert(4, 4, 8, below(1_000))).await;
        let fell = |minor| bench.lists.price_fell(id(7), eur(minor), NOW, 2);
        assert_eq!(fell(950).await, Ok(2));
        assert_eq!(fell(950).await, Ok(0));
        assert_eq!(fell(800).await, Ok(2));
        assert_eq!(fell(800).await, Ok(1));
        assert_eq!(fell(800).await, Ok(0));
        let other = Money::new(1, Currency::Usd);
        assert_eq!(bench.lists.price_fell(id(7), other, NOW, 9).await, Ok(0));
        let mut told: Vec<_> = bench.facts().await.into_iter().map(|(event, body)| {
            assert_eq!((event.kind.as_str(), body.product), (PRICE_FELL, id(9)));
            let price = |price: Option<Money>| price.expect("a price").minor;
            (body.user.bytes()[0], event.number, price(body.from), price(body.to))
        }).collect();
        told.sort_unstable();
        assert_eq!(told, [
            (1, 1, 1_000, 950), (1, 2, 950, 800), (2, 1, 900, 800), (3, 1, 1_000, 950),
            (3, 2, 950, 800),
        ]);
        assert_eq!(bench.alerts(4).await, [alert(4, 4, 8, below(1_000))]);
    }

    async fn what_somebody_wished_and_waited_for_is_forgotten(bench) {
        for user in [1, 2] {
            bench.wish(user, wish(7, 0), EVER).await;
            bench.ask(alert(user, user, 7, Awaited::Stock)).await;
        }
        bench.lists.forget(id(1)).await.expect("forgotten");
        assert_eq!((bench.offers(1, NOW).await, bench.alerts(1).await), (vec![], vec![]));
        assert_eq!((bench.offers(2, NOW).await, bench.alerts(2).await.len()), (vec![7], 1));
    }
}
