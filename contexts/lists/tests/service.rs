//! The use cases over the store in memory.

use async_trait::async_trait;
use futures_util::FutureExt;
use souk_kernel::{
    Currency, Id, LANES, ManualClock, Mint, Money, OfferId, Outbox, PortError, Refusal,
    SeededEntropy, Timestamp, UserId,
};
use souk_lists::{Awaited, ListService, Put, Shelves, rules};
use souk_memory::lists::MemoryLists;
use souk_memory::orders::MemoryShop;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Shelf(Mutex<BTreeSet<OfferId>>);

#[async_trait]
impl Shelves for Shelf {
    async fn in_stock(&self, offers: &[OfferId]) -> Result<Vec<bool>, PortError> {
        let there = self.0.lock().expect("no panic while it is held");
        Ok(offers.iter().map(|offer| there.contains(offer)).collect())
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory never waits")
}

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

struct Stage {
    clock: Arc<ManualClock>,
    shelf: Arc<Shelf>,
    outbox: Arc<MemoryShop>,
    lists: ListService,
}

fn stage() -> Stage {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let outbox = Arc::new(MemoryShop::new(clock.clone()));
    let shelf = Arc::new(Shelf::default());
    let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(5)));
    let store = Arc::new(MemoryLists::over(outbox.clone()));
    let lists = ListService::new(store, shelf.clone(), mint, clock.clone());
    Stage { clock, shelf, outbox, lists }
}

impl Stage {
    fn facts(&self) -> Vec<String> {
        let lanes: Vec<u16> = (0..LANES).collect();
        let found = now(self.outbox.pending(&lanes, 1_000)).expect("facts");
        found.into_iter().map(|(_, fact)| fact.kind).collect()
    }
}

const ADA: (UserId, bool) = (Id::from_bytes([1; 16]), false);
const GUEST: (UserId, bool) = (Id::from_bytes([2; 16]), true);

#[test]
fn a_wish_remembers_its_first_price() {
    let stage = stage();
    let wish = |price| now(stage.lists.wish(ADA, (id(7), id(8)), eur(price)));
    assert_eq!((wish(500), wish(400)), (Ok(Put::Added), Ok(Put::There)));
    let wishes = now(stage.lists.wishes(ADA.0)).expect("a list");
    assert_eq!(wishes.iter().map(|wish| wish.price).collect::<Vec<_>>(), [eur(500)]);
    assert_eq!(now(stage.lists.unwish(ADA.0, id(7))), Ok(true));
    assert_eq!(now(stage.lists.unwish(ADA.0, id(7))), Ok(false));
}

#[test]
fn a_guest_s_wishes_end_and_an_account_s_stay() {
    let stage = stage();
    for owner in [ADA, GUEST] {
        now(stage.lists.wish(owner, (id(7), id(8)), eur(500))).expect("put");
    }
    stage.clock.advance(rules::GUEST_KEEP_MS);
    assert_eq!(now(stage.lists.wishes(GUEST.0)), Ok(vec![]));
    assert_eq!(now(stage.lists.prune(10)), Ok(1));
    assert_eq!(now(stage.lists.wishes(ADA.0)).map(|wishes| wishes.len()), Ok(1));
    now(stage.lists.wish(GUEST, (id(7), id(8)), eur(500))).expect("put");
    now(stage.lists.adopt(GUEST.0, GUEST.0)).expect("the guest signed up");
    stage.clock.advance(2 * rules::GUEST_KEEP_MS);
    assert_eq!(now(stage.lists.wishes(GUEST.0)).map(|wishes| wishes.len()), Ok(1));
}

#[test]
fn only_accounts_are_told() {
    let stage = stage();
    let refused = now(stage.lists.alert(GUEST, (id(7), id(8)), Awaited::Stock)).unwrap_err();
    assert_eq!(refused.code(), "account_needed");
    let none = now(stage.lists.withdraw(ADA.0, id(99))).unwrap_err();
    assert_eq!(none.code(), "alert_not_found");
}

#[test]
fn who_waits_for_stock_is_told_once_when_it_is_there() {
    let stage = stage();
    for n in 1..=5 {
        let owner = (id(n), false);
        now(stage.lists.alert(owner, (id(70 + n), id(8)), Awaited::Stock)).expect("set");
    }
    let round = || {
        let pieces: Vec<bool> =
            (0..3).map(|_| now(stage.lists.look_at_shelves(2)).expect("looks")).collect();
        assert_eq!(pieces, [true, true, false]);
    };
    round();
    assert_eq!(stage.facts(), Vec::<String>::new());
    stage.shelf.0.lock().unwrap().insert(id(74));
    round();
    assert_eq!(stage.facts(), ["alert.came_back"]);
    assert_eq!(now(stage.lists.alerts(id(4))), Ok(vec![]), "it is over");
    while now(stage.lists.look_at_shelves(2)).expect("looks") {}
    assert_eq!(stage.facts().len(), 1);
}

#[test]
fn a_lower_price_is_told_once_and_a_still_lower_one_again() {
    let stage = stage();
    let below = Awaited::PriceBelow(eur(1_000));
    now(stage.lists.alert(ADA, (id(7), id(8)), below)).expect("set");
    let told = |price| now(stage.lists.price_is(id(7), eur(price))).expect("tells");
    let found: Vec<usize> = [1_000, 900, 900, 950, 800].into_iter().map(told).collect();
    assert_eq!(found, [0, 1, 0, 0, 1]);
    assert_eq!(stage.facts(), ["alert.price_fell", "alert.price_fell"]);
}
