//! Cases about the start of a checkout.

use super::bench::key;
use super::contract_cases;
use crate::{BeginRefusal, Claimed, Started, Subject};
use souk_inventory::{HoldState, OutOfStock, PinHold, StockIntent, StockRefusal};

contract_cases! {
    async fn a_checkout_reads_back_as_started(bench) {
        let sku = bench.stocked(5).await;
        let start = bench.starting(&key(bench.id(), "k"), &[(sku, 2)]);
        assert_eq!(bench.start(start.clone()).await, Ok(Started::Fresh));
        let record = bench.at.orders.checkout(start.record.id).await;
        assert_eq!(record, Ok(Some(start.record.clone())));
        let subject = Subject::Checkout(start.record.id);
        let claimed = Claimed { request: start.claim.request, subject };
        assert_eq!(bench.at.orders.claimed(&start.claim.key).await, Ok(Some(claimed)));
        let hold = bench.hold(start.record.id).await;
        assert_eq!((hold.state, hold.order, hold.deadline), (HoldState::Held, None, start.hold.deadline));
        assert_eq!(bench.at.orders.live_order(start.record.id).await, Ok(None));
        assert_eq!(bench.at.orders.checkout(bench.id()).await, Ok(None));
    }

    async fn the_same_key_and_request_starts_once(bench) {
        let sku = bench.stocked(5).await;
        let shopper = key(bench.id(), "k");
        let first = bench.starting(&shopper, &[(sku, 2)]);
        let again = bench.starting(&shopper, &[(sku, 2)]);
        let before = Started::Before(first.record.id);
        let answers = bench.at.orders.start(vec![first.clone(), again.clone()]).await;
        assert_eq!(answers, [Ok(Started::Fresh), Ok(before.clone())]);
        assert_eq!(bench.start(again.clone()).await, Ok(before));
        assert_eq!(bench.at.orders.checkout(again.record.id).await, Ok(None));
        assert_eq!(bench.level(sku).await.held, 2);
    }

    async fn a_used_key_is_refused(bench) {
        let sku = bench.stocked(5).await;
        let shopper = key(bench.id(), "k");
        let first = bench.starting(&shopper, &[(sku, 2)]);
        let mut other = bench.starting(&shopper, &[(sku, 3)]);
        other.claim.request = [8; 16];
        assert_eq!(bench.start(first).await, Ok(Started::Fresh));
        assert_eq!(bench.start(other).await, Err(BeginRefusal::KeyReused));
        let buy = bench.buy_now(&shopper, 1, &[(sku, 1)]);
        assert_eq!(bench.begin(&buy).await, Err(BeginRefusal::KeyReused), "by another operation");
        let buyer = key(bench.id(), "k");
        bench.begun(&bench.buy_now(&buyer, 1, &[(sku, 1)])).await;
        let late = bench.starting(&buyer, &[(sku, 1)]);
        assert_eq!(bench.start(late).await, Err(BeginRefusal::KeyReused));
        assert_eq!(bench.level(sku).await.held, 3);
    }

    async fn an_earlier_checkouts_stock_is_there_for_the_next(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let earlier = bench.started(user, sku, 4).await;
        let next = bench.started(user, sku, 5).await;
        assert_eq!(bench.hold(earlier.id).await.state, HoldState::Released);
        assert_eq!(bench.hold(next.id).await.state, HoldState::Held);
        let level = bench.level(sku).await;
        assert_eq!((level.held, level.available()), (5, 0));
        let late = bench.pay(&earlier, &key(user, "late"));
        let gone = StockRefusal::HoldGone(HoldState::Released);
        assert_eq!(bench.begin(&late).await, Err(BeginRefusal::Stock(gone)));
    }

    async fn a_refused_start_keeps_the_earlier_one(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let earlier = bench.started(user, sku, 4).await;
        let start = bench.starting(&key(user, "k"), &[(sku, 6)]);
        let short = OutOfStock { sku, wanted: 6, left: 5 };
        let refused = BeginRefusal::Stock(StockRefusal::OutOfStock(short));
        assert_eq!(bench.start(start.clone()).await, Err(refused));
        assert_eq!(bench.at.orders.checkout(start.record.id).await, Ok(None));
        assert_eq!(bench.at.stock.hold(start.record.id).await, Ok(None));
        assert_eq!(bench.hold(earlier.id).await.state, HoldState::Held);
        let smaller = bench.starting(&key(user, "k"), &[(sku, 5)]);
        assert_eq!(bench.start(smaller).await, Ok(Started::Fresh), "the key was not used up");
        assert_eq!(bench.hold(earlier.id).await.state, HoldState::Released);
    }

    async fn a_checkout_that_is_being_paid_keeps_its_stock(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let earlier = bench.started(user, sku, 3).await;
        let order = bench.begun(&bench.pay(&earlier, &key(user, "pay"))).await;
        let next = bench.starting(&key(user, "next"), &[(sku, 3)]);
        let short = OutOfStock { sku, wanted: 3, left: 2 };
        let refused = BeginRefusal::Stock(StockRefusal::OutOfStock(short));
        assert_eq!(bench.start(next).await, Err(refused));
        let hold = bench.hold(earlier.id).await;
        assert_eq!((hold.state, hold.order), (HoldState::Paying, Some(order.id)));
        bench.started(user, sku, 2).await;
        assert_eq!(bench.hold(earlier.id).await.state, HoldState::Paying);
    }

    async fn shoppers_do_not_meet(bench) {
        let sku = bench.stocked(5).await;
        let first = bench.started(bench.id(), sku, 2).await;
        bench.started(bench.id(), sku, 2).await;
        assert_eq!(bench.hold(first.id).await.state, HoldState::Held);
        assert_eq!(bench.level(sku).await.held, 4);
    }

    async fn a_refused_start_leaves_the_others(bench) {
        let sku = bench.stocked(3).await;
        let starts: Vec<_> =
            [1, 9, 2].map(|n| bench.starting(&key(bench.id(), "k"), &[(sku, n)])).into();
        let answers = bench.at.orders.start(starts).await;
        assert_eq!((&answers[0], &answers[2]), (&Ok(Started::Fresh), &Ok(Started::Fresh)));
        assert!(matches!(answers[1], Err(BeginRefusal::Stock(StockRefusal::OutOfStock(_)))));
        assert_eq!(bench.level(sku).await.available(), 0);
    }

    async fn an_earlier_hold_that_ended_is_nobodys(bench) {
        let sku = bench.stocked(2).await;
        let user = bench.id();
        let earlier = bench.started(user, sku, 2).await;
        bench.stock(StockIntent::Release(earlier.id)).await;
        bench.started(bench.id(), sku, 2).await;
        let start = bench.starting(&key(user, "k"), &[(sku, 1)]);
        assert!(bench.start(start).await.is_err(), "released pieces are not counted twice");
        let pin = PinHold { checkout: earlier.id, order: bench.id() };
        let late = bench.at.stock.apply(vec![StockIntent::Pin(pin)]).await;
        assert_eq!(late, [Err(StockRefusal::HoldGone(HoldState::Released))]);
    }
}
