//! Cases about `Begin`.

use super::bench::{HOLD_MS, key};
use super::contract_cases;
use crate::rules::{abandon, fail};
use crate::{BeginRefusal, Begun, Claimed, HoldStep, OrderState, Subject};
use souk_cart::Freeze;
use souk_inventory::{HoldState, OutOfStock, StockRefusal};
use souk_kernel::OrderId;
use souk_payments::{Method, PaymentState};

contract_cases! {
    async fn a_purchase_begins_whole(bench) {
        let sku = bench.stocked(5).await;
        let begin = bench.buy(sku, 2);
        let order = bench.begun(&begin).await;
        assert_eq!(bench.order(begin.order).await, order, "it reads back as answered");
        assert_eq!((order.id, order.user), (begin.order, begin.user));
        assert_eq!((order.checkout, order.payment), (begin.checkout, begin.payment.id));
        assert_eq!((order.state, order.answer.clone()), (OrderState::PaymentPending, None));
        assert_eq!(order.lease, Some(begin.lease));
        assert_eq!((&order.quote, order.ship_to.as_ref()), (&begin.quote, Some(&begin.ship_to)));
        assert_eq!((order.deadline, order.created_at), (begin.deadline, begin.at));
        let steps: Vec<_> = order.moves.iter().map(|step| step.to).collect();
        assert_eq!(steps, [OrderState::Created, OrderState::PaymentPending]);

        let hold = bench.hold(begin.checkout).await;
        assert_eq!((hold.state, hold.order), (HoldState::Paying, Some(order.id)));
        assert_eq!(bench.level(sku).await.held, 2);
        assert_eq!(bench.payment(&order).await, begin.payment.payment());
        let paid = bench.at.payments.of_order(order.id).await.expect("the store works");
        assert_eq!(paid, Some(begin.payment.payment()));
        let orders = &bench.at.orders;
        assert_eq!(orders.live_order(order.checkout).await, Ok(Some(order.id)));
        assert_eq!(orders.order_by_key(order.id.key()).await, Ok(Some(order.clone())));
        let subject = Subject::Order(order.id);
        let claimed = Claimed { request: begin.claim.request, subject };
        assert_eq!(orders.claimed(&begin.claim.key).await, Ok(Some(claimed)));
        assert_eq!(bench.facts().await, vec![], "nothing to tell yet");
    }

    async fn the_same_key_and_request_begins_once(bench) {
        let sku = bench.stocked(5).await;
        let shopper = key(bench.id(), "once");
        let first = bench.buy_now(&shopper, 1, &[(sku, 1)]);
        let again = bench.buy_now(&shopper, 1, &[(sku, 1)]);
        let answers = bench.at.orders.begin(vec![first.clone(), again.clone()]).await;
        let order = bench.order(first.order).await;
        assert_eq!(answers[0], Ok(Begun::Fresh(Box::new(order.clone()))));
        assert_eq!(answers[1], Ok(Begun::Before(Box::new(order.clone()))));
        let late = bench.buy_now(&shopper, 1, &[(sku, 1)]);
        assert_eq!(bench.begin(&late).await, Ok(Begun::Before(Box::new(order))));
        assert_eq!(bench.find(again.order).await, None);
        assert_eq!(bench.level(sku).await.held, 1);
    }

    async fn so_many_transfers_are_waited_for_and_no_more(bench) {
        let sku = bench.stocked(9).await;
        let (ada, bob) = (bench.id(), bench.id());
        let by_transfer = |user, n: &str| {
            let mut begin = bench.buy_now(&key(user, n), 1, &[(sku, 1)]);
            begin.payment.method = Method::BankTransfer;
            begin.transfers_max = Some(2);
            begin
        };
        let asked = [by_transfer(ada, "1"), by_transfer(ada, "2"), by_transfer(ada, "3")];
        let answers = bench.at.orders.begin(asked.to_vec()).await;
        assert!(answers[0].is_ok() && answers[1].is_ok(), "{answers:?}");
        let refused = Err(BeginRefusal::TooManyTransfers(2));
        assert_eq!(answers[2], refused, "of one batch too");
        assert_eq!(bench.level(sku).await.held, 2, "it holds nothing");
        assert!(bench.begin(&asked[0]).await.is_ok(), "what was answered is answered");
        assert_eq!(bench.begin(&by_transfer(ada, "4")).await, refused);
        assert_eq!(bench.at.payments.waiting_transfers(ada).await, Ok(2));
        let card = bench.buy_now(&key(ada, "card"), 1, &[(sku, 1)]);
        assert!(bench.begin(&card).await.is_ok(), "a card is not waited for");
        assert!(bench.begin(&by_transfer(bob, "5")).await.is_ok(), "somebody else");
        let order = bench.order(asked[0].order).await;
        let payment = bench.payment(&order).await;
        bench.settled(fail(&order, &payment, "expired", bench.stamp())).await;
        assert_eq!(bench.at.payments.waiting_transfers(ada).await, Ok(1));
        assert!(bench.begin(&by_transfer(ada, "6")).await.is_ok(), "one has ended");
    }

    async fn a_repetition_is_told_how_it_stands_now(bench) {
        let sku = bench.stocked(5).await;
        let shopper = key(bench.id(), "k");
        let order = bench.begun(&bench.buy_now(&shopper, 1, &[(sku, 5)])).await;
        let payment = bench.payment(&order).await;
        let failed = bench.settled(fail(&order, &payment, "no_funds", bench.stamp())).await;
        let again = bench.buy_now(&shopper, 1, &[(sku, 5)]);
        assert_eq!(bench.begin(&again).await, Ok(Begun::Before(Box::new(failed))));
    }

    async fn the_same_key_for_another_request_is_refused(bench) {
        let sku = bench.stocked(5).await;
        let shopper = key(bench.id(), "k");
        let first = bench.buy_now(&shopper, 1, &[(sku, 1)]);
        let other = bench.buy_now(&shopper, 2, &[(sku, 2)]);
        let answers = bench.at.orders.begin(vec![first, other.clone()]).await;
        assert!(answers[0].is_ok());
        assert_eq!(answers[1], Err(BeginRefusal::KeyReused));
        assert_eq!(bench.begin(&other).await, Err(BeginRefusal::KeyReused));
        assert_eq!(bench.find(other.order).await, None);
        assert_eq!(bench.level(sku).await.held, 1);
    }

    async fn keys_belong_to_their_principal(bench) {
        let sku = bench.stocked(5).await;
        for _ in 0..2 {
            bench.begun(&bench.buy_now(&key(bench.id(), "the same"), 1, &[(sku, 1)])).await;
        }
        assert_eq!(bench.at.orders.claimed(&key(bench.id(), "the same")).await, Ok(None));
        assert_eq!(bench.level(sku).await.held, 2);
    }

    async fn short_stock_leaves_nothing(bench) {
        let (plenty, scarce) = (bench.stocked(9).await, bench.stocked(1).await);
        let shopper = key(bench.id(), "k");
        let begin = bench.buy_now(&shopper, 1, &[(plenty, 2), (scarce, 2)]);
        let short = OutOfStock { sku: scarce, wanted: 2, left: 1 };
        let refused = Err(BeginRefusal::Stock(StockRefusal::OutOfStock(short)));
        assert_eq!(bench.begin(&begin).await, refused);
        bench.left_nothing(&begin).await;
        assert_eq!(bench.level(plenty).await.held, 0);
        assert_eq!(bench.at.stock.hold(begin.checkout).await, Ok(None));
        assert_eq!(bench.at.orders.live_order(begin.checkout).await, Ok(None));
        let smaller = bench.buy_now(&shopper, 7, &[(plenty, 2)]);
        bench.begun(&smaller).await;
    }

    async fn one_sku_a_thousand_times_with_seven_hundred_left(bench) {
        let sku = bench.stocked(700).await;
        let mut batch: Vec<_> = (0..1_000).map(|_| bench.buy(sku, 1)).collect();
        batch[350].claim = batch[349].claim.clone();
        let answers = bench.at.orders.begin(batch).await;
        let fresh = |a: &Result<Begun, _>| matches!(a, Ok(Begun::Fresh(_)));
        assert!(matches!(answers[350], Ok(Begun::Before(_))), "the same key, in the middle");
        assert_eq!(answers.iter().filter(|a| fresh(a)).count(), 700);
        assert!(answers[..350].iter().all(fresh) && answers[351..701].iter().all(fresh));
        let refused = |a: &Result<_, _>| matches!(a, Err(BeginRefusal::Stock(_)));
        assert!(answers[701..].iter().all(refused), "first come, first served");
        let level = bench.level(sku).await;
        assert_eq!((level.held, level.available()), (700, 0));
    }

    async fn a_refused_begin_leaves_the_others(bench) {
        let (sku, none) = (bench.stocked(5).await, bench.stocked(0).await);
        let batch = vec![bench.buy(sku, 1), bench.buy(none, 1), bench.buy(sku, 2)];
        let answers = bench.at.orders.begin(batch.clone()).await;
        assert!(answers[0].is_ok() && answers[1].is_err() && answers[2].is_ok(), "{answers:?}");
        bench.left_nothing(&batch[1]).await;
        assert_eq!(bench.order(batch[2].order).await.state, OrderState::PaymentPending);
        assert_eq!(bench.level(sku).await.held, 3);
    }

    async fn one_checkout_has_one_live_order(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let checkout = bench.started(user, sku, 1).await;
        let order = bench.begun(&bench.pay(&checkout, &key(user, "a"))).await;
        let taken = Err(BeginRefusal::CheckoutTaken(order.id));
        let other_key = bench.pay(&checkout, &key(user, "b"));
        let other_principal = bench.pay(&checkout, &key(bench.id(), "a"));
        for begin in [&other_key, &other_principal] {
            assert_eq!(bench.begin(begin).await, taken);
            bench.left_nothing(begin).await;
        }
        let hold = bench.hold(checkout.id).await;
        assert_eq!((hold.state, hold.order), (HoldState::Paying, Some(order.id)));
    }

    async fn two_tries_in_one_batch_are_one(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let checkout = bench.started(user, sku, 1).await;
        let first = bench.pay(&checkout, &key(user, "a"));
        let batch = vec![first.clone(), bench.pay(&checkout, &key(user, "b"))];
        let answers = bench.at.orders.begin(batch).await;
        assert!(matches!(answers[0], Ok(Begun::Fresh(_))));
        assert_eq!(answers[1], Err(BeginRefusal::CheckoutTaken(first.order)));
    }

    async fn a_failed_try_frees_the_checkout(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let checkout = bench.started(user, sku, 1).await;
        let first = bench.begun(&bench.pay(&checkout, &key(user, "a"))).await;
        let payment = bench.payment(&first).await;
        bench.settled(fail(&first, &payment, "no_funds", bench.stamp())).await;
        assert_eq!(bench.at.orders.live_order(checkout.id).await, Ok(None));
        let second = bench.begun(&bench.pay(&checkout, &key(user, "b"))).await;
        bench.settled(abandon(&second, false, bench.stamp())).await;
        let third = bench.begun(&bench.pay(&checkout, &key(user, "c"))).await;
        let hold = bench.hold(checkout.id).await;
        assert_eq!((hold.state, hold.order), (HoldState::Paying, Some(third.id)));
        assert_eq!(bench.order(first.id).await.state, OrderState::PaymentFailed);
    }

    async fn a_checkout_that_has_run_out_is_not_paid(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let checkout = bench.started(user, sku, 1).await;
        bench.at.clock.advance(HOLD_MS);
        let begin = bench.pay(&checkout, &key(user, "a"));
        let refused = Err(BeginRefusal::Stock(StockRefusal::DeadlinePassed));
        assert_eq!(bench.begin(&begin).await, refused);
        bench.left_nothing(&begin).await;
        assert_eq!(bench.hold(checkout.id).await.state, HoldState::Held, "the sweep's");
    }

    /// What a checkout holds already is not held *for this order*: a take must not pass for a pin.
    async fn a_purchase_has_its_stock_pinned_or_does_not_begin(bench) {
        let sku = bench.stocked(5).await;
        let checkout = bench.started(bench.id(), sku, 1).await;
        let mut begin = bench.buy(sku, 1);
        begin.checkout = checkout.id;
        if let HoldStep::Take(take) = &mut begin.hold {
            take.checkout = checkout.id;
        }
        let refused = Err(BeginRefusal::Stock(StockRefusal::HoldGone(HoldState::Held)));
        assert_eq!(bench.begin(&begin).await, refused);
        bench.left_nothing(&begin).await;
        let hold = bench.hold(checkout.id).await;
        assert_eq!((hold.state, hold.order), (HoldState::Held, None));
    }

    async fn a_cart_stands_still_while_it_is_paid(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let cart = bench.add_to_cart(user, sku, 2).await;
        let mut checkout = bench.started(user, sku, 2).await;
        checkout.cart_version = Some(cart.version);
        let order = bench.begun(&bench.pay(&checkout, &key(user, "a"))).await;
        assert_eq!(order.cart_version, Some(cart.version));
        let frozen = bench.cart(user).await;
        assert_eq!((frozen.frozen, frozen.version), (Some(Freeze::Order(order.id)), cart.version));
    }

    async fn a_changed_cart_is_not_paid(bench) {
        let sku = bench.stocked(5).await;
        let user = bench.id();
        let cart = bench.add_to_cart(user, sku, 2).await;
        let mut checkout = bench.started(user, sku, 2).await;
        checkout.cart_version = Some(cart.version);
        let changed = bench.add_to_cart(user, sku, 1).await;
        let begin = bench.pay(&checkout, &key(user, "a"));
        assert_eq!(bench.begin(&begin).await, Err(BeginRefusal::CartChanged));
        bench.left_nothing(&begin).await;
        assert_eq!(bench.cart(user).await, changed);
        let hold = bench.hold(checkout.id).await;
        assert_eq!((hold.state, hold.order), (HoldState::Held, None), "unpinned again");
        assert_eq!(bench.at.orders.live_order(checkout.id).await, Ok(None));
    }

    async fn two_orders_of_one_cart_pay_once(bench) {
        let sku = bench.stocked(9).await;
        let user = bench.id();
        let cart = bench.add_to_cart(user, sku, 2).await;
        let first = bench.started(user, sku, 2).await;
        let mut second = first.clone();
        second.cart_version = Some(cart.version);
        let order = bench.begun(&bench.pay(&second, &key(user, "a"))).await;
        // Another tab: a checkout of its own, of the same cart.
        let mut other = bench.started(user, sku, 2).await;
        other.cart_version = Some(cart.version);
        let begin = bench.pay(&other, &key(user, "b"));
        assert_eq!(bench.begin(&begin).await, Err(BeginRefusal::CartChanged));
        assert_eq!(bench.cart(user).await.frozen, Some(Freeze::Order(order.id)));
        assert_eq!(bench.payment(&order).await.state, PaymentState::Authorizing);
    }

    /// A store may find orders by the id's key: it must still compare the whole id.
    async fn an_invented_id_finds_nothing(bench) {
        let sku = bench.stocked(1).await;
        let order = bench.begun(&bench.buy(sku, 1)).await;
        let mut bytes = *order.id.bytes();
        bytes[15] ^= 1;
        let invented = OrderId::from_bytes(bytes);
        assert_eq!(invented.key(), order.id.key());
        assert_eq!(bench.find(invented).await, None);
        assert_eq!(bench.at.payments.of_order(invented).await, Ok(None));
        assert_eq!(bench.at.orders.begin(vec![]).await, vec![]);
    }
}
