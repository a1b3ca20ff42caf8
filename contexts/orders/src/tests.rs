//! Rules of the purchase: tables and properties.

mod transfer;

use crate::rules::{
    AMOUNT_MISMATCH, AfterLookUp, Next, Stamp, TIMED_OUT, abandon, after_authorize, after_look_up,
    after_void, cancel, confirm, drawn, fail, next, settled, take_over,
};
use crate::{
    Actor, Answer, Lease, Move, Order, OrderEvent, OrderNumber, OrderState, Settle, SettleRefusal,
};
use proptest::prelude::*;
use souk_inventory::{PinHold, StockIntent};
use souk_kernel::{
    Bucket, Currency, Entropy, Id, ManualClock, Mint, Money, OrderId, SeededEntropy, Timestamp,
};
use souk_payments::{
    Authorization, GatewayError, GatewayPayment, GatewayStatus, Method, Payment, PaymentState,
    StartAttempt,
};
use souk_pricing::{Country, Destination, PricedLine, Pricing, ShippingMethod, TaxClass};
use std::sync::Arc;

const AT: Timestamp = Timestamp(1_790_000_000_000);
const DEADLINE: Timestamp = AT.plus_ms(900_000);
const LEASE: Lease = Lease { owner: 3, until: AT.plus_ms(60_000) };

const fn stamp(at: Timestamp) -> Stamp {
    Stamp { by: Actor::Recovery, at, lease: LEASE }
}

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

/// An order that is being paid, from a cart, and its payment in a state.
fn paying(state: PaymentState) -> (Order, Payment) {
    let line = PricedLine {
        sku: id(1),
        product: id(2),
        variant: id(3),
        seller: id(4),
        title: Arc::from("Headphones"),
        quantity: 2,
        unit_price: Money::new(10_00, Currency::Eur),
        tax_class: TaxClass::Standard,
        weight_g: 1,
        image: None,
    };
    let there = Destination::country(Country::of(b"DE"));
    let pricing = Pricing::default_shop(Currency::Eur);
    let quote = pricing.quote(&[line], &there, ShippingMethod::Standard, AT).unwrap();
    let attempt = StartAttempt {
        id: id(7),
        order: id(8),
        user: id(9),
        amount: quote.total,
        method: Method::Card,
        gateway: "sandbox",
        token: "tok_approve".into(),
        at: AT,
    };
    let order = Order {
        id: id(8),
        user: id(9),
        checkout: id(10),
        payment: id(7),
        state: OrderState::PaymentPending,
        version: 4,
        lease: Some(LEASE),
        quote: Arc::new(quote),
        ship_to: None,
        cart_version: Some(6),
        deadline: DEADLINE,
        answer: None,
        moves: Vec::new(),
        created_at: AT,
    };
    (order, Payment { state, ..attempt.payment() })
}

#[test]
fn the_drawn_edges_are_these() {
    use OrderState::{
        Cancelled, Confirmed, Created, Delivered, PaymentFailed, PaymentPending, Shipped,
    };
    let edges = [
        (Created, PaymentPending),
        (Created, Cancelled),
        (PaymentPending, Confirmed),
        (PaymentPending, PaymentFailed),
        (PaymentPending, Cancelled),
        (Confirmed, Shipped),
        (Confirmed, Cancelled),
        (Shipped, Delivered),
    ];
    for from in OrderState::ALL {
        for to in OrderState::ALL {
            assert_eq!(drawn(from, to), edges.contains(&(from, to)), "{from:?} -> {to:?}");
        }
    }
}

#[test]
fn states_and_facts_are_stored_by_name() {
    for state in OrderState::ALL {
        assert_eq!(OrderState::from_name(state.name()), Some(state));
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(json, format!("\"{}\"", state.name()));
    }
    for kind in OrderEvent::ALL {
        assert_eq!(OrderEvent::from_name(kind.name()), Some(kind));
    }
    assert_eq!(OrderState::from_name("refunded"), None);
}

/// What is stored decides what is done, for each pair of states.
#[test]
fn what_comes_next() {
    use PaymentState as P;
    let table = [
        (P::Authorizing, Next::Authorize, Next::LookUp),
        (P::RequiresAction, Next::LookUp, Next::LookUp),
        (P::AwaitingTransfer, Next::LookUp, Next::LookUp),
        (P::Voiding, Next::Void, Next::Void),
        (P::Authorized, Next::Confirm, Next::Confirm),
        (P::Capturing, Next::Confirm, Next::Confirm),
        (P::Captured, Next::Confirm, Next::Confirm),
        (P::Declined, Next::Fail, Next::Fail),
        (P::Voided, Next::Fail, Next::Fail),
    ];
    assert_eq!(table.len(), P::ALL.len());
    for (payment, first, again) in table {
        assert_eq!(next(OrderState::PaymentPending, Some(payment), false), first, "{payment:?}");
        assert_eq!(next(OrderState::PaymentPending, Some(payment), true), again, "{payment:?}");
        for again in [false, true] {
            let created = next(OrderState::Created, Some(payment), again);
            assert_eq!(created, Next::Abandon, "never asked: {payment:?}");
            for state in OrderState::ALL.into_iter().filter(|state| !state.is_open()) {
                assert_eq!(next(state, Some(payment), again), Next::Nothing, "{state:?}");
                assert_eq!(next(state, None, again), Next::Nothing, "{state:?}");
            }
        }
    }
    assert_eq!(next(OrderState::PaymentPending, None, true), Next::Abandon);
    assert_eq!(next(OrderState::Created, None, false), Next::Abandon);
}

#[test]
fn a_step_is_applied_to_its_version_only() {
    let (order, payment) = paying(PaymentState::Authorizing);
    let settle = confirm(&order, &payment, None, stamp(AT));
    let after = settled(&order, &settle).unwrap();
    assert_eq!((after.version, after.state, after.lease), (5, OrderState::Confirmed, None));
    assert_eq!(settled(&after, &settle), Err(SettleRefusal::Stale));
    let back = Settle { expected_version: 5, ..fail(&after, &payment, "late", stamp(AT)) };
    assert_eq!(settled(&after, &back), Err(SettleRefusal::NotDrawn));
}

#[test]
fn the_gateways_answers() {
    let (order, payment) = paying(PaymentState::Authorizing);
    let ask = |answer| after_authorize(&order, &payment, &answer, stamp(AT));
    let (gateway_ref, amount) = (String::from("pay_1"), payment.amount);

    let paid = ask(Ok(Authorization::Authorized { gateway_ref: gateway_ref.clone(), amount }));
    assert_eq!(paid.moves[0].to, OrderState::Confirmed);
    assert_eq!(paid.payment.as_ref().map(|p| p.to), Some(PaymentState::Authorized));
    let pin = PinHold { checkout: order.checkout, order: order.id };
    assert_eq!(paid.stock, Some(StockIntent::Commit(pin)));
    assert_eq!((paid.events[0].number, paid.lease), (order.version + 1, None));

    let wrong = Money::new(amount.minor - 1, amount.currency);
    let less = ask(Ok(Authorization::Authorized { gateway_ref, amount: wrong }));
    let voiding = less.payment.unwrap();
    assert_eq!(
        (voiding.to, voiding.reason.as_deref()),
        (PaymentState::Voiding, Some(AMOUNT_MISMATCH))
    );
    assert_eq!(voiding.gateway_ref.as_deref(), Some("pay_1"));
    assert!(less.moves.is_empty() && less.stock.is_none() && less.events.is_empty());
    assert_eq!(less.lease, Some(LEASE), "still this saga's");

    for answer in [
        Ok(Authorization::Declined { reason: "no_funds".into() }),
        Err(GatewayError::Refused("no_funds".into())),
    ] {
        let failed = ask(answer);
        assert_eq!(failed.moves[0].to, OrderState::PaymentFailed);
        assert_eq!(failed.stock, Some(StockIntent::Unpin(pin)), "for another try");
        assert_eq!(failed.answer, Some(Answer::Declined { reason: "no_funds".into() }));
        assert!(failed.cart.is_some(), "thawed");
    }

    let unknown = ask(Err(GatewayError::Unknown("cut off".into())));
    assert!(unknown.moves.is_empty() && unknown.payment.is_none() && unknown.stock.is_none());
    assert_eq!(unknown.answer, Some(Answer::Pending));
    let lease = unknown.lease.unwrap();
    assert_eq!(lease.owner, 0);
    assert!(lease.until > AT && lease.until < DEADLINE, "looked at again soon");
}

#[test]
fn a_shopper_is_waited_for_until_the_deadline_and_told_once() {
    let act =
        Ok(Authorization::RequiresAction { gateway_ref: "p".into(), url: "http://b/".into() });
    let (order, payment) = paying(PaymentState::Authorizing);
    let first = after_authorize(&order, &payment, &act, stamp(AT));
    assert_eq!(first.lease, Some(Lease { owner: 0, until: DEADLINE }));
    assert_eq!(first.payment.map(|p| p.to), Some(PaymentState::RequiresAction));
    assert_eq!(first.events.len(), 1);
    let (order, payment) = paying(PaymentState::RequiresAction);
    let again = after_authorize(&order, &payment, &act, stamp(AT));
    assert_eq!((again.payment, again.events.len()), (None, 0));
}

fn there(payment: &Payment, status: GatewayStatus) -> GatewayPayment {
    GatewayPayment {
        gateway_ref: "pay_1".into(),
        status,
        authorized: payment.amount,
        received: 0,
        unclaimed: 0,
        account: None,
        captured: 0,
        refunded: 0,
        reason: None,
        action_url: None,
    }
}

#[test]
fn looking_up_before_and_after_the_deadline() {
    let (order, payment) = paying(PaymentState::Authorizing);
    let look = |status: Option<GatewayStatus>, at| {
        let found = status.map(|status| there(&payment, status));
        after_look_up(&order, &payment, found.as_ref(), false, stamp(at))
    };
    let settle = |after| match after {
        AfterLookUp::Settle(settle) => *settle,
        AfterLookUp::AuthorizeAgain => panic!("a step was expected"),
    };
    let voids = |settle: &Settle| {
        settle.payment.as_ref().map(|p| (p.to, p.reason.clone()))
            == Some((PaymentState::Voiding, Some(TIMED_OUT.into())))
    };
    let state = |settle: &Settle| settle.moves.first().map(|step| step.to);

    assert_eq!(look(None, AT), AfterLookUp::AuthorizeAgain, "it never arrived");
    assert!(voids(&settle(look(None, DEADLINE))), "too late to send it again");
    let forgotten = after_look_up(&order, &payment, None, true, stamp(AT));
    assert!(voids(&settle(forgotten)), "the key can't be sent again");
    let waiting = settle(look(Some(GatewayStatus::RequiresAction), AT));
    assert_eq!(waiting.lease.map(|l| l.owner), Some(0));
    assert!(voids(&settle(look(Some(GatewayStatus::RequiresAction), DEADLINE))));
    for at in [AT, DEADLINE.plus_ms(1)] {
        for paid in [GatewayStatus::Authorized, GatewayStatus::Captured] {
            let paid = settle(look(Some(paid), at));
            assert_eq!(state(&paid), Some(OrderState::Confirmed), "money that came counts");
        }
        for not in [GatewayStatus::Declined, GatewayStatus::Voided] {
            let failed = settle(look(Some(not), at));
            assert_eq!(state(&failed), Some(OrderState::PaymentFailed));
        }
    }
    let mut other = there(&payment, GatewayStatus::Authorized);
    other.authorized.minor += 1;
    let wrong = settle(after_look_up(&order, &payment, Some(&other), false, stamp(AT)));
    assert_eq!(wrong.payment.map(|p| p.to), Some(PaymentState::Voiding));
}

#[test]
fn after_the_money_was_let_go() {
    let (order, payment) = paying(PaymentState::Voiding);
    let pin = PinHold { checkout: order.checkout, order: order.id };
    let timed_out = Payment { reason: Some(TIMED_OUT.into()), ..payment.clone() };
    let gone = after_void(&order, &timed_out, stamp(AT));
    assert_eq!(gone.moves[0].to, OrderState::Cancelled);
    assert_eq!(gone.stock, Some(StockIntent::ReleasePinned(pin)), "nobody tries again");
    let mismatch = Payment { reason: Some(AMOUNT_MISMATCH.into()), ..payment };
    let failed = after_void(&order, &mismatch, stamp(AT));
    assert_eq!(failed.moves[0].to, OrderState::PaymentFailed);
    assert_eq!(failed.stock, Some(StockIntent::Unpin(pin)), "another card may do");
    for settle in [gone, failed] {
        assert_eq!(settle.payment.map(|p| p.to), Some(PaymentState::Voided));
        assert!(settle.cart.is_some() && settle.events.len() == 1);
    }
}

#[test]
fn cancelling_lets_go_what_is_held_and_leaves_what_was_taken() {
    let (mut order, _) = paying(PaymentState::Authorized);
    order.state = OrderState::Confirmed;
    for state in PaymentState::ALL {
        let (_, payment) = paying(state);
        let settle = cancel(&order, &payment, "changed_mind", stamp(AT));
        let voids = settle.payment.as_ref().is_some_and(|p| p.to == PaymentState::Voiding);
        assert_eq!(voids, state == PaymentState::Authorized, "{state:?}");
        assert!(matches!(settle.stock, Some(StockIntent::Restock(_))));
        assert_eq!(settled(&order, &settle).unwrap().state, OrderState::Cancelled);
    }
}

#[test]
fn an_abandoned_checkout_keeps_its_hold_for_another_try() {
    let (order, _) = paying(PaymentState::Authorizing);
    assert!(matches!(abandon(&order, true, stamp(AT)).stock, Some(StockIntent::ReleasePinned(_))));
    assert!(matches!(abandon(&order, false, stamp(AT)).stock, Some(StockIntent::Unpin(_))));
}

fn state_of() -> impl Strategy<Value = OrderState> {
    (0..OrderState::ALL.len()).prop_map(|n| OrderState::ALL[n])
}

proptest! {
    #[test]
    fn a_number_reads_back(ms in 1_704_067_200_000_i64..3_900_000_000_000, seed in any::<u64>()) {
        let clock = Arc::new(ManualClock::at(Timestamp(ms)));
        let entropy = Arc::new(SeededEntropy::new(seed));
        let bucket = Bucket::of(entropy.next_u64());
        let id: OrderId = Mint::new(clock, entropy).mint(bucket);
        let number = OrderNumber::of(id);
        prop_assert_eq!(number.key(), id.key());
        prop_assert_eq!(number.bucket(), bucket.number());
        let text = number.to_string();
        prop_assert_eq!(text.len(), 19);
        prop_assert_eq!(text.parse::<OrderNumber>(), Ok(number));
        let spoken = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        prop_assert_eq!(spoken.parse::<OrderNumber>(), Ok(number));
        prop_assert!(text[..text.len() - 1].parse::<OrderNumber>().is_err());
    }

    /// `drawn-edges-only`: whatever steps come, in whatever order, the history is a path along the
    /// drawn edges that ends in the state, and each step raised the version by one.
    #[test]
    fn a_history_is_a_path(
        steps in proptest::collection::vec((proptest::collection::vec(state_of(), 0..3), 0_u64..3), 0..40),
    ) {
        let (mut order, _) = paying(PaymentState::Authorizing);
        let (start, mut applied) = (order.state, 0);
        for (targets, behind) in steps {
            let mut settle = take_over(&order, LEASE);
            settle.expected_version -= behind;
            let step = |to: &OrderState| Move { to: *to, at: AT, by: Actor::Staff, why: String::new() };
            settle.moves = targets.iter().map(step).collect();
            match settled(&order, &settle) {
                Ok(after) => {
                    prop_assert_eq!(behind, 0);
                    prop_assert_eq!(after.version, order.version + 1);
                    applied += targets.len();
                    order = after;
                }
                Err(refusal) => prop_assert_eq!(refusal == SettleRefusal::Stale, behind > 0),
            }
        }
        prop_assert_eq!(order.moves.len(), applied);
        let end = order.moves.iter().try_fold(start, |at, step| drawn(at, step.to).then_some(step.to));
        prop_assert_eq!(end, Some(order.state));
    }

    #[test]
    fn the_first_answer_stays(first in any::<bool>(), second in any::<bool>()) {
        let answer = |confirmed| if confirmed { Answer::Confirmed } else { Answer::Pending };
        let (order, _) = paying(PaymentState::Authorizing);
        let tell = |order: &Order, said| Settle { answer: Some(said), ..take_over(order, LEASE) };
        let order = settled(&order, &tell(&order, answer(first))).unwrap();
        let order = settled(&order, &tell(&order, answer(second))).unwrap();
        prop_assert_eq!(order.answer, Some(answer(first)));
    }
}
