//! The use cases over the store in memory.

use futures_util::FutureExt;
use souk_insights::rules::distinct;
use souk_insights::{InsightsService, PriceMove, Purchase};
use souk_kernel::{Clock, Currency, Id, ManualClock, Money, PortError, Timestamp};
use souk_memory::insights::MemoryInsights;
use std::sync::Arc;

fn now<T>(future: impl Future<Output = Result<T, PortError>>) -> T {
    future.now_or_never().expect("memory never waits").expect("memory never fails")
}

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

fn shop() -> (Arc<ManualClock>, InsightsService) {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    (clock.clone(), InsightsService::new(Arc::new(MemoryInsights::default()), clock))
}

#[test]
fn a_look_is_on_the_trail_at_once_and_after_it_was_written() {
    let (clock, shop) = shop();
    for product in [1, 2, 1] {
        shop.looked(Some(id(9)), id(product));
        clock.advance(1_000);
    }
    shop.looked(Some(id(8)), id(3));
    assert_eq!(now(shop.recent(id(9), 10)), [id(1), id(2)]);
    assert_eq!(now(shop.flush()), 0);
    shop.looked(Some(id(9)), id(4));
    assert_eq!(now(shop.recent(id(9), 2)), [id(4), id(1)]);
}

#[test]
fn a_crowd_fills_no_memory() {
    let (_, shop) = shop();
    for _ in 0..8_192 + 5 {
        shop.looked(None, id(1));
    }
    assert_eq!(now(shop.flush()), 5);
    assert_eq!(now(shop.flush()), 0);
}

#[test]
fn signing_in_brings_the_trail_along_and_forgetting_takes_all_of_it() {
    let (clock, shop) = shop();
    let (guest, account) = (id(9), id(10));
    shop.looked(Some(guest), id(1));
    now(shop.flush());
    clock.advance(1_000);
    shop.looked(Some(account), id(2));
    shop.looked(Some(guest), id(3));
    now(shop.adopt(guest, account));
    assert_eq!(now(shop.recent(guest, 10)), []);
    let mut both = now(shop.recent(account, 10));
    both.sort();
    assert_eq!(both, [id(1), id(2), id(3)]);
    now(shop.adopt(account, account));
    assert_eq!(now(shop.recent(account, 10)).len(), 3);
    shop.looked(Some(account), id(4));
    now(shop.forget(account));
    now(shop.flush());
    assert_eq!(now(shop.recent(account, 10)), []);
}

#[test]
fn variants_that_become_cheaper_together_are_one_deal() {
    let (_, shop) = shop();
    let eur = |minor| Money::new(minor, Currency::Eur);
    let moved = |offer, product, to| PriceMove {
        offer: id(offer),
        product: id(product),
        from: eur(1_000),
        to: eur(to),
        number: 2,
        at: Timestamp(1_790_000_000_000),
    };
    now(shop.priced(vec![moved(1, 1, 800), moved(2, 1, 700), moved(3, 2, 900)]));
    let deals: Vec<_> = now(shop.deals(5)).iter().map(|d| (d.product, d.saved())).collect();
    assert_eq!(deals, [(id(1), 300), (id(2), 100)]);
    let of: Vec<_> = now(shop.deals_of(&[id(2), id(7), id(1)]));
    assert_eq!(
        of.iter().map(|d| d.map(|d| d.saved())).collect::<Vec<_>>(),
        [Some(100), None, Some(300)]
    );
}

#[test]
fn what_is_bought_together_needs_support() {
    let (clock, shop) = shop();
    let order = |n: u8, products: &[u8]| Purchase {
        order: id(n),
        products: distinct(products.iter().map(|p| id(*p))),
        at: clock.now(),
    };
    now(shop.bought(vec![order(1, &[1, 2]), order(2, &[1, 2]), order(3, &[1, 3])]));
    assert_eq!(now(shop.together(id(1), 5)), []);
    assert_eq!(now(shop.bought(vec![order(4, &[2, 1]), order(1, &[1, 2])])), 1);
    let found = now(shop.together(id(1), 5));
    assert_eq!(found.iter().map(|c| (c.product, c.both)).collect::<Vec<_>>(), [(id(2), 3)]);
}
