//! Cases about `Settle`.

use super::bench::{Bench, key};
use super::contract_cases;
use crate::rules::{Stamp, abandon, after_authorize, after_void, cancel, confirm, fail, take_over};
use crate::{Actor, Answer, Lease, Order, OrderEvent, OrderState, Settle, SettleRefusal};
use souk_cart::Cart;
use souk_inventory::{Hold, HoldState, Level, StockIntent, StockRefusal};
use souk_kernel::{Currency, Event, Money, Sku, one};
use souk_payments::{
    Authorization, GatewayError, MovePayment, Payment, PaymentIntent, PaymentRefusal, PaymentState,
};

/// Everything that a step may touch.
#[derive(Debug, PartialEq)]
struct Seen {
    order: Order,
    payment: Payment,
    hold: Hold,
    level: Level,
    cart: Option<Cart>,
    facts: Vec<Event>,
}

async fn see(bench: &Bench, order: &Order) -> Seen {
    let sku: Sku = order.quote.lines[0].item.sku;
    Seen {
        order: bench.order(order.id).await,
        payment: bench.payment(order).await,
        hold: bench.hold(order.checkout).await,
        level: bench.level(sku).await,
        cart: bench.at.carts.get(order.user).await.expect("the store works"),
        facts: bench.facts().await.into_iter().map(|(_, event)| event).collect(),
    }
}

/// An order that is being paid, of a cart.
async fn from_cart(bench: &Bench) -> (Order, Payment) {
    let sku = bench.stocked(9).await;
    let user = bench.id();
    let cart = bench.add_to_cart(user, sku, 2).await;
    let mut checkout = bench.started(user, sku, 2).await;
    checkout.cart_version = Some(cart.version);
    let order = bench.begun(&bench.pay(&checkout, &key(user, "pay"))).await;
    let payment = bench.payment(&order).await;
    (order, payment)
}

/// An order that was bought at once and is being paid.
async fn bought_now(bench: &Bench) -> (Order, Payment) {
    let sku = bench.stocked(9).await;
    let order = bench.begun(&bench.buy(sku, 2)).await;
    let payment = bench.payment(&order).await;
    (order, payment)
}

async fn confirmed(bench: &Bench) -> (Order, Payment) {
    let (order, payment) = bought_now(bench).await;
    let settle = confirm(&order, &payment, Some("pay_1".into()), bench.stamp());
    let order = bench.settled(settle).await;
    let payment = bench.payment(&order).await;
    (order, payment)
}

async fn move_payment(bench: &Bench, payment: &Payment, to: PaymentState) -> Payment {
    let step = MovePayment::plain(payment.id, &PaymentState::ALL, to, bench.now());
    one(bench.at.payments.apply(vec![PaymentIntent::Move(step)]).await).expect("it moves")
}

contract_cases! {
    async fn confirming_moves_everything_at_once(bench) {
        let (order, payment) = from_cart(&bench).await;
        let settle = confirm(&order, &payment, Some("pay_1".into()), bench.stamp());
        let now = bench.settled(settle).await;
        assert_eq!((now.state, now.version), (OrderState::Confirmed, order.version + 1));
        assert_eq!((now.answer.clone(), now.lease), (Some(Answer::Confirmed), None));
        assert_eq!(now.moves.len(), order.moves.len() + 1);
        assert_eq!(now.moves.last().map(|m| (m.to, m.by)), Some((OrderState::Confirmed, Actor::Saga)));
        let seen = see(&bench, &now).await;
        assert_eq!(seen.payment.state, PaymentState::Authorized);
        assert_eq!(seen.payment.gateway_ref.as_deref(), Some("pay_1"));
        assert_eq!((seen.hold.state, seen.hold.order), (HoldState::Committed, Some(order.id)));
        assert_eq!(seen.level, Level { on_hand: 9, committed: 2, ..Level::default() });
        let cart = seen.cart.expect("an ordered cart is a version, not an absence");
        assert_eq!((cart.frozen, cart.pieces()), (None, 0));
        let told: Vec<_> = seen.facts.iter().map(|e| (e.aggregate.0, e.number, &*e.kind)).collect();
        assert_eq!(told, [(order.id.uuid(), now.version, OrderEvent::Confirmed.name())]);
        assert_eq!(bench.at.orders.live_order(now.checkout).await, Ok(Some(now.id)), "once only");
    }

    async fn a_decline_gives_back_what_another_try_needs(bench) {
        let (order, payment) = from_cart(&bench).await;
        let declined = Ok(Authorization::Declined { reason: "no_funds".into() });
        let settle = after_authorize(&order, &payment, &declined, bench.stamp());
        let now = bench.settled(settle).await;
        assert_eq!(now.state, OrderState::PaymentFailed);
        assert_eq!(now.answer, Some(Answer::Declined { reason: "no_funds".into() }));
        let seen = see(&bench, &now).await;
        assert_eq!(seen.payment.state, PaymentState::Declined);
        assert_eq!(seen.payment.reason.as_deref(), Some("no_funds"));
        assert_eq!((seen.hold.state, seen.hold.order), (HoldState::Held, None));
        let cart = seen.cart.expect("there is a cart");
        assert_eq!((cart.frozen, cart.pieces()), (None, 2), "thawed, and still full");
        assert_eq!(seen.facts.len(), 1);
        assert_eq!(seen.facts[0].kind, OrderEvent::PaymentFailed.name());
    }

    async fn what_was_bought_at_once_can_be_tried_again(bench) {
        let (order, payment) = bought_now(&bench).await;
        assert_eq!(bench.at.orders.checkout(order.checkout).await, Ok(None), "not before");
        bench.settled(fail(&order, &payment, "no_funds", bench.stamp())).await;
        let kept = bench.at.orders.checkout(order.checkout).await.expect("the store works");
        let kept = kept.expect("the order's content, as a checkout");
        assert_eq!(kept, crate::rules::kept_checkout(&order));
        let again = bench.begun(&bench.pay(&kept, &key(order.user, "another card"))).await;
        let payment = bench.payment(&again).await;
        let now = bench.settled(confirm(&again, &payment, None, bench.stamp())).await;
        assert_eq!((now.state, now.checkout), (OrderState::Confirmed, order.checkout));
        bench.hold_is(&now, HoldState::Committed).await;
    }

    async fn one_version_has_one_winner(bench) {
        let (order, payment) = bought_now(&bench).await;
        let stamp = bench.stamp();
        let wins = confirm(&order, &payment, None, stamp);
        let loses = fail(&order, &payment, "no_funds", stamp);
        let answers = bench.at.orders.settle(vec![wins.clone(), loses.clone(), wins.clone()]).await;
        assert_eq!(answers[0], Ok(order.version + 1));
        assert_eq!(answers[1], Err(SettleRefusal::Stale));
        assert_eq!(answers[2], Err(SettleRefusal::Stale), "a repetition too");
        let seen = see(&bench, &order).await;
        assert_eq!(bench.settle(loses).await, Err(SettleRefusal::Stale));
        assert_eq!(see(&bench, &order).await, seen);
        assert_eq!((seen.order.state, seen.facts.len()), (OrderState::Confirmed, 1));
    }

    async fn a_version_to_come_is_as_stale_as_one_gone(bench) {
        let (order, payment) = bought_now(&bench).await;
        let mut settle = confirm(&order, &payment, None, bench.stamp());
        settle.expected_version += 1;
        assert_eq!(bench.settle(settle.clone()).await, Err(SettleRefusal::Stale));
        settle.order = bench.id();
        assert_eq!(bench.settle(settle).await, Err(SettleRefusal::Stale), "no such order");
        assert_eq!(bench.order(order.id).await, order);
    }

    /// The whole table: each state that can be reached here, each target.
    async fn only_drawn_edges_are_walked(bench) {
        for from in [OrderState::PaymentPending, OrderState::PaymentFailed, OrderState::Confirmed, OrderState::Cancelled] {
            for to in OrderState::ALL {
                let (order, payment) = bought_now(&bench).await;
                let stamp = bench.stamp();
                let order = match from {
                    OrderState::PaymentFailed => bench.settled(fail(&order, &payment, "x", stamp)).await,
                    OrderState::Confirmed => bench.settled(confirm(&order, &payment, None, stamp)).await,
                    OrderState::Cancelled => bench.settled(abandon(&order, true, stamp)).await,
                    _ => order,
                };
                let mut step = take_over(&order, stamp.lease);
                step.moves = confirm(&order, &payment, None, stamp).moves;
                step.moves[0].to = to;
                let answer = bench.settle(step).await;
                let now = bench.order(order.id).await;
                if crate::rules::drawn(from, to) {
                    assert_eq!((answer, now.state), (Ok(order.version + 1), to), "{from:?} {to:?}");
                } else {
                    assert_eq!((answer, now), (Err(SettleRefusal::NotDrawn), order), "{from:?} {to:?}");
                }
            }
        }
    }

    async fn several_moves_are_one_step_or_none(bench) {
        let (order, payment) = bought_now(&bench).await;
        let stamp = bench.stamp();
        let mut step = confirm(&order, &payment, None, stamp);
        let shipped = crate::Move { to: OrderState::Shipped, ..step.moves[0].clone() };
        let undrawn = crate::Move { to: OrderState::PaymentFailed, ..step.moves[0].clone() };
        step.moves.push(undrawn);
        let before = see(&bench, &order).await;
        assert_eq!(bench.settle(step.clone()).await, Err(SettleRefusal::NotDrawn));
        assert_eq!(see(&bench, &order).await, before);
        step.moves[1] = shipped;
        let now = bench.settled(step).await;
        assert_eq!((now.state, now.version), (OrderState::Shipped, order.version + 1));
    }

    async fn a_refused_payment_changes_nothing(bench) {
        let (order, payment) = from_cart(&bench).await;
        move_payment(&bench, &payment, PaymentState::Voiding).await;
        let before = see(&bench, &order).await;
        let settle = confirm(&order, &payment, Some("pay_1".into()), bench.stamp());
        let refused = PaymentRefusal::WrongState(PaymentState::Voiding);
        assert_eq!(bench.settle(settle).await, Err(SettleRefusal::Payment(refused)));
        assert_eq!(see(&bench, &order).await, before);
    }

    async fn a_refused_hold_changes_nothing(bench) {
        let (order, payment) = from_cart(&bench).await;
        let pin = souk_inventory::PinHold { checkout: order.checkout, order: order.id };
        bench.stock(StockIntent::Unpin(pin)).await;
        let before = see(&bench, &order).await;
        let settle = confirm(&order, &payment, Some("pay_1".into()), bench.stamp());
        let refused = StockRefusal::HoldGone(HoldState::Held);
        assert_eq!(bench.settle(settle).await, Err(SettleRefusal::Stock(refused)));
        assert_eq!(see(&bench, &order).await, before);
    }

    async fn a_cart_never_stands_in_the_way(bench) {
        let (order, payment) = from_cart(&bench).await;
        let thaw = souk_cart::CartIntent::thaw(order.user, order.id, bench.now());
        one(bench.at.carts.apply(vec![thaw]).await).expect("the store works");
        bench.settled(confirm(&order, &payment, None, bench.stamp())).await;
        assert_eq!(bench.cart(order.user).await.pieces(), 2, "not frozen: left alone");
    }

    async fn a_refused_step_leaves_the_others(bench) {
        let mut steps: Vec<Settle> = Vec::new();
        let mut orders = Vec::new();
        for n in 0..5_u32 {
            let (order, payment) = bought_now(&bench).await;
            let mut step = confirm(&order, &payment, None, bench.stamp());
            if n == 2 {
                step.expected_version += 7;
            }
            steps.push(step);
            orders.push(order);
        }
        let answers = bench.at.orders.settle(steps).await;
        assert_eq!(answers.len(), 5);
        for (n, (answer, order)) in answers.into_iter().zip(orders).enumerate() {
            let state = bench.order(order.id).await.state;
            if n == 2 {
                assert_eq!((answer, state), (Err(SettleRefusal::Stale), OrderState::PaymentPending));
            } else {
                assert_eq!((answer, state), (Ok(order.version + 1), OrderState::Confirmed));
            }
        }
        assert_eq!(bench.facts().await.len(), 4);
    }

    async fn the_first_answer_stays(bench) {
        let (order, payment) = bought_now(&bench).await;
        let unknown = Err(GatewayError::Unknown("no answer".into()));
        let now = bench.settled(after_authorize(&order, &payment, &unknown, bench.stamp())).await;
        assert_eq!(now.answer, Some(Answer::Pending));
        assert_eq!(now.lease.map(|lease| lease.owner), Some(0));
        let now = bench.settled(confirm(&now, &payment, None, bench.stamp())).await;
        assert_eq!((now.answer, now.state), (Some(Answer::Pending), OrderState::Confirmed));
    }

    async fn a_lease_is_taken_over_by_version(bench) {
        let (order, payment) = bought_now(&bench).await;
        let lease = bench.lease(2);
        let now = bench.settled(take_over(&order, lease)).await;
        assert_eq!((now.lease, now.state), (Some(lease), order.state));
        assert_eq!(now.moves, order.moves);
        let paused = confirm(&order, &payment, None, bench.stamp());
        assert_eq!(bench.settle(paused).await, Err(SettleRefusal::Stale), "the paused owner");
        let rival = take_over(&order, bench.lease(3));
        assert_eq!(bench.settle(rival).await, Err(SettleRefusal::Stale));
    }

    async fn the_shopper_is_waited_for(bench) {
        let (order, payment) = bought_now(&bench).await;
        let url = String::from("http://bank.example/?order=1&x='y'");
        let act = Ok(Authorization::RequiresAction { gateway_ref: "pay_2".into(), url: url.clone() });
        let now = bench.settled(after_authorize(&order, &payment, &act, bench.stamp())).await;
        assert_eq!(now.answer, Some(Answer::RequiresAction { url: url.clone() }));
        assert_eq!(now.lease, Some(Lease { owner: 0, until: order.deadline }));
        let payment = bench.payment(&now).await;
        assert_eq!((payment.state, payment.action_url.as_deref()), (PaymentState::RequiresAction, Some(&*url)));
        let now = bench.settled(confirm(&now, &payment, None, bench.stamp())).await;
        assert_eq!(now.state, OrderState::Confirmed);
        let payment = bench.payment(&now).await;
        assert_eq!((payment.state, payment.action_url), (PaymentState::Authorized, None));
        let told: Vec<_> = bench.facts().await.into_iter().map(|(_, e)| e.number).collect();
        assert_eq!(told, [order.version + 1, order.version + 2]);
    }

    async fn a_wrong_amount_is_let_go_first_and_failed_then(bench) {
        let (order, payment) = bought_now(&bench).await;
        let amount = Money::new(1, Currency::Eur);
        let wrong = Ok(Authorization::Authorized { gateway_ref: "pay_3".into(), amount });
        let now = bench.settled(after_authorize(&order, &payment, &wrong, bench.stamp())).await;
        assert_eq!(now.state, OrderState::PaymentPending, "not before the money is let go");
        let payment = bench.payment(&now).await;
        assert_eq!(payment.state, PaymentState::Voiding);
        bench.hold_is(&now, HoldState::Paying).await;
        let now = bench.settled(after_void(&now, &payment, bench.stamp())).await;
        assert_eq!(now.state, OrderState::PaymentFailed);
        assert_eq!(bench.payment(&now).await.state, PaymentState::Voided);
        bench.hold_is(&now, HoldState::Held).await;
    }

    async fn cancelling_restocks_and_lets_the_money_go(bench) {
        let (order, payment) = confirmed(&bench).await;
        let stamp = Stamp { by: Actor::Shopper, ..bench.stamp() };
        let now = bench.settled(cancel(&order, &payment, "changed_mind", stamp)).await;
        assert_eq!(now.state, OrderState::Cancelled);
        assert_eq!(now.moves.last().map(|m| (m.by, &*m.why)), Some((Actor::Shopper, "changed_mind")));
        let seen = see(&bench, &now).await;
        assert_eq!(seen.payment.state, PaymentState::Voiding);
        assert_eq!(seen.hold.state, HoldState::Restocked);
        assert_eq!(seen.level, Level { on_hand: 9, ..Level::default() });
        let told: Vec<_> = seen.facts.iter().map(|e| (e.number, &*e.kind)).collect();
        assert_eq!(told, [(order.version, "order.confirmed"), (now.version, "order.cancelled")]);
        assert_eq!(now.answer, Some(Answer::Confirmed), "what was answered first");
    }

    /// The capture moves the payment alone, beside the order's version: it must win or lose whole.
    async fn a_capture_that_was_first_refuses_the_cancellation(bench) {
        let (order, payment) = confirmed(&bench).await;
        let late = cancel(&order, &payment, "changed_mind", bench.stamp());
        let payment = move_payment(&bench, &payment, PaymentState::Capturing).await;
        let before = see(&bench, &order).await;
        let refused = PaymentRefusal::WrongState(PaymentState::Capturing);
        assert_eq!(bench.settle(late).await, Err(SettleRefusal::Payment(refused)));
        assert_eq!(see(&bench, &order).await, before);
        let payment = move_payment(&bench, &payment, PaymentState::Captured).await;
        let now = bench.settled(cancel(&order, &payment, "changed_mind", bench.stamp())).await;
        assert_eq!(now.state, OrderState::Cancelled);
        assert_eq!(bench.payment(&now).await.state, PaymentState::Captured, "to be refunded");
        bench.hold_is(&now, HoldState::Restocked).await;
    }

    async fn an_abandoned_order_gives_its_stock_back(bench) {
        let (order, _) = bought_now(&bench).await;
        let now = bench.settled(abandon(&order, true, bench.stamp())).await;
        assert_eq!(now.state, OrderState::Cancelled);
        bench.hold_is(&now, HoldState::Released).await;
        let (order, _) = from_cart(&bench).await;
        let now = bench.settled(abandon(&order, false, bench.stamp())).await;
        bench.hold_is(&now, HoldState::Held).await;
        assert_eq!(bench.cart(order.user).await.frozen, None);
    }

    async fn an_empty_batch_has_no_answers(bench) {
        assert_eq!(bench.at.orders.settle(Vec::new()).await, vec![]);
    }
}
