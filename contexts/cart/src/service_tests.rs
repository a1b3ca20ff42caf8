//! The use cases over a small store that asks the rules.

use super::*;
use crate::{Offering, Swept};
use async_trait::async_trait;
use souk_kernel::{Answers, Currency, Id, ManualClock, Money, PortError, Refusal};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

#[derive(Default)]
struct Store(Mutex<HashMap<UserId, Cart>>);

#[async_trait]
impl Carts for Store {
    async fn get(&self, user: UserId) -> Result<Option<Cart>, PortError> {
        Ok(self.0.lock().unwrap().get(&user).cloned())
    }

    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        let mut carts = self.0.lock().unwrap();
        let mut one = |intent: &CartIntent| {
            let answer = rules::decide(carts.get(&intent.user).cloned(), intent).answer;
            carts.insert(intent.user, answer.cart().clone());
            Ok(answer)
        };
        intents.iter().map(&mut one).collect()
    }

    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError> {
        let mut carts = self.0.lock().unwrap();
        let mut users: Vec<UserId> =
            carts.keys().copied().filter(|user| Some(*user) > after).collect();
        users.sort();
        users.truncate(limit as usize);
        let due = |user: &&UserId| carts[*user].expired(now);
        let expired: Vec<UserId> = users.iter().filter(due).copied().collect();
        for user in &expired {
            let cart = rules::expire(carts[user].clone(), now);
            carts.insert(*user, cart);
        }
        let next = users.last().copied().filter(|_| users.len() == limit as usize);
        Ok(Swept { expired: expired.len() as u32, next })
    }
}

/// Offer n costs n cents, and there are n of them; 0 isn't for sale.
struct Shelf;

#[async_trait]
impl Prices for Shelf {
    async fn offerings(&self, offers: &[OfferId]) -> Result<Vec<Option<Offering>>, PortError> {
        let offering = |offer: &OfferId| {
            let n = offer.bytes()[0];
            let price = Money::new(i64::from(n), Currency::Eur);
            (n > 0).then_some(Offering { price, available: u32::from(n) })
        };
        Ok(offers.iter().map(offering).collect())
    }
}

/// Nothing here ever waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("waits for something"),
    }
}

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

const ANNA: Owner = Owner { user: UserId::from_bytes([1; 16]), guest: false };
const GUEST: Owner = Owner { user: UserId::from_bytes([2; 16]), guest: true };

fn shop() -> (Arc<ManualClock>, Arc<Store>, CartService) {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let store = Arc::new(Store::default());
    let carts = Arc::clone(&store) as Arc<dyn Carts>;
    let service = CartService::new(carts, Arc::new(Shelf), Arc::clone(&clock) as Arc<dyn Clock>);
    (clock, store, service)
}

fn code<T: std::fmt::Debug>(result: Result<T, CartError>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_line_takes_the_present_price() {
    let (_, _, service) = shop();
    let (cart, _) = now(service.add_line(ANNA, id(7), 2, Some(0))).unwrap();
    assert_eq!(cart.lines[0].price, Money::new(7, Currency::Eur));
    assert_eq!(now(service.view(ANNA.user)).unwrap().notices, []);
    now(service.set_line(ANNA, id(7), 8, Some(1))).unwrap();
    let short = Notice::StockShort { offer: id(7), available: 7 };
    assert_eq!(now(service.view(ANNA.user)).unwrap().notices, [short]);
}

#[test]
fn refusals_have_their_codes() {
    let (_, _, service) = shop();
    assert_eq!(code(now(service.add_line(ANNA, id(0), 1, None))), "offer_not_found");
    assert_eq!(code(now(service.add_line(ANNA, id(7), 0, None))), "invalid_quantity");
    assert_eq!(code(now(service.add_line(ANNA, id(7), 100, None))), "invalid_quantity");
    assert_eq!(code(now(service.set_line(ANNA, id(7), 1, None))), "line_not_found");
    now(service.add_line(ANNA, id(7), 1, None)).unwrap();
    assert_eq!(code(now(service.add_line(ANNA, id(7), 1, Some(0)))), "cart_changed");
    let freeze = CartIntent::freeze(ANNA.user, 1, id(40), Timestamp(0));
    assert!(one(now(service.carts.apply(vec![freeze]))).unwrap().done());
    let frozen = now(service.remove_line(ANNA, id(7), None)).unwrap_err();
    assert_eq!((frozen.code(), frozen.cart().unwrap().lines.len()), ("cart_frozen", 1));
}

#[test]
fn guests_keep_a_cart_for_a_week_and_accounts_for_a_month() {
    let (clock, _, service) = shop();
    let day = souk_kernel::DAY_MS;
    now(service.add_line(GUEST, id(7), 1, None)).unwrap();
    now(service.add_line(ANNA, id(7), 1, None)).unwrap();
    for (days, guest, account) in [(6, 1, 1), (1, 0, 1), (22, 0, 1), (1, 0, 0)] {
        clock.advance(days * day);
        assert_eq!(now(service.get(GUEST.user)).unwrap().lines.len(), guest);
        assert_eq!(now(service.get(ANNA.user)).unwrap().lines.len(), account);
    }
    assert_eq!(now(service.get(ANNA.user)).unwrap().version, 2);
}

#[test]
fn signing_in_moves_the_lines_once() {
    let (_, _, service) = shop();
    now(service.add_line(GUEST, id(7), 2, None)).unwrap();
    now(service.add_line(GUEST, id(8), 1, None)).unwrap();
    now(service.add_line(ANNA, id(7), 3, None)).unwrap();
    let (cart, _) = now(service.merge(GUEST.user, ANNA)).unwrap();
    assert_eq!((cart.line(id(7)).unwrap().quantity, cart.pieces()), (5, 6));
    let (again, _) = now(service.merge(GUEST.user, ANNA)).unwrap();
    assert_eq!(again, cart);
    assert!(now(service.get(GUEST.user)).unwrap().lines.is_empty());
    assert_eq!(now(service.merge(ANNA.user, ANNA)).unwrap().0, cart);
}

#[test]
fn a_merge_that_a_crash_left_half_done_is_finished_by_the_next_change() {
    let (_, store, service) = shop();
    now(service.add_line(GUEST, id(7), 2, None)).unwrap();
    let at = Timestamp(1_790_000_000_000);
    let claim = CartIntent { user: GUEST.user, at, step: Step::Claim { into: ANNA.user } };
    assert!(one(now(store.apply(vec![claim]))).unwrap().done());
    let (cart, _) = now(service.add_line(GUEST, id(9), 1, None)).unwrap();
    assert_eq!(cart.pieces(), 1, "only what came after the merge");
    assert_eq!(now(service.get(ANNA.user)).unwrap().pieces(), 2);
}

#[test]
fn a_sweep_goes_round() {
    let (clock, store, service) = shop();
    for n in 1..=5 {
        let owner = Owner { user: id(n), guest: true };
        now(service.add_line(owner, id(7), 1, None)).unwrap();
    }
    let sweep = CartSweep::new(Arc::clone(&store) as Arc<dyn Carts>, Arc::clone(&clock) as _);
    let round = || (0..3).map(|_| now(sweep.piece(2)).unwrap()).collect::<Vec<_>>();
    let lines = || store.0.lock().unwrap().values().filter(|cart| cart.pieces() > 0).count();
    assert_eq!((round(), lines()), (vec![true, true, false], 5));
    clock.advance(7 * souk_kernel::DAY_MS);
    assert!(now(sweep.piece(2)).unwrap());
    assert_eq!(lines(), 3);
    assert_eq!((now(sweep.piece(2)), now(sweep.piece(2)), lines()), (Ok(true), Ok(false), 0));
}
