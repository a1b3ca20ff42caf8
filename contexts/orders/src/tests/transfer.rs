//! Rules of bank transfers.

use super::{AT, DEADLINE, LEASE, paying, stamp};
use crate::rules::transfer::{REMINDED, buys_anew, remind_at, returned};
use crate::rules::{
    AMOUNT_MISMATCH, ANOTHER_WAY, AfterLookUp, TIMED_OUT, after_authorize, after_look_up,
    after_void, confirm, settled, void,
};
use crate::{Actor, Answer, Lease, Move, Order, OrderEvent, OrderState, Settle};
use souk_kernel::Timestamp;
use souk_payments::rules::moved;
use souk_payments::{
    Authorization, BankAccount, GatewayPayment, GatewayStatus, Method, Payment, PaymentState,
};

fn transfer(state: PaymentState) -> (Order, Payment) {
    let (order, payment) = paying(state);
    (order, Payment { method: Method::BankTransfer, ..payment })
}

fn account() -> BankAccount {
    let [holder, iban, bic] = ["Shop", "DE00", "BIC"].map(String::from);
    BankAccount { holder, iban, bic }
}

fn there(payment: &Payment, status: GatewayStatus, received: i64) -> GatewayPayment {
    GatewayPayment {
        gateway_ref: "pay_1".into(),
        status,
        authorized: payment.amount,
        received,
        unclaimed: 0,
        account: Some(account()),
        captured: 0,
        refunded: 0,
        reason: None,
        action_url: None,
    }
}

fn look(order: &Order, payment: &Payment, there: &GatewayPayment, at: Timestamp) -> Settle {
    match after_look_up(order, payment, Some(there), false, stamp(at)) {
        AfterLookUp::Settle(settle) => *settle,
        AfterLookUp::AuthorizeAgain => panic!("a step was expected"),
    }
}

fn kinds(settle: &Settle) -> Vec<&str> {
    settle.events.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn the_shopper_gets_the_banks_details_and_is_reminded_once() {
    let (order, payment) = transfer(PaymentState::Authorizing);
    let said = Ok(Authorization::AwaitingTransfer {
        gateway_ref: "pay_1".into(),
        account: account(),
        url: None,
    });
    let first = after_authorize(&order, &payment, &said, stamp(AT));
    let reference = order.number().to_string();
    let told = Answer::AwaitingTransfer { account: account(), reference, url: None };
    assert_eq!(first.answer, Some(told));
    assert_eq!(kinds(&first), [OrderEvent::ActionRequired.name()]);
    assert_eq!(first.lease, Some(Lease { owner: 0, until: remind_at(&order) }));
    let payment = moved(&payment, &first.payment.clone().unwrap()).unwrap().unwrap();
    assert_eq!(
        (payment.state, &payment.account),
        (PaymentState::AwaitingTransfer, &Some(account()))
    );

    let waits = there(&payment, GatewayStatus::AwaitingTransfer, 0);
    let quiet = look(&order, &payment, &waits, AT.plus_ms(1));
    assert!(quiet.payment.is_none() && quiet.events.is_empty(), "no news");
    let due = look(&order, &payment, &waits, remind_at(&order));
    assert_eq!(kinds(&due), [OrderEvent::PaymentDue.name()]);
    assert_eq!(due.lease, Some(Lease { owner: 0, until: DEADLINE }));
    let payment = moved(&payment, &due.payment.unwrap()).unwrap().unwrap();
    assert_eq!(payment.reason.as_deref(), Some(REMINDED));
    assert!(look(&order, &payment, &waits, DEADLINE.plus_ms(-1)).events.is_empty(), "once");
}

#[test]
fn less_waits_for_the_rest_and_more_is_let_go() {
    let (order, payment) = transfer(PaymentState::AwaitingTransfer);
    let due = payment.amount.minor;
    let short = there(&payment, GatewayStatus::AwaitingTransfer, due - 1);
    let part = look(&order, &payment, &short, AT);
    assert_eq!(kinds(&part), [OrderEvent::PaymentDue.name()], "the rest is asked for");
    assert!(part.moves.is_empty());
    assert!(part.events[0].body.contains(r#""missing":{"minor":1,"currency":"EUR"}"#), "{part:?}");
    let payment = moved(&payment, &part.payment.unwrap()).unwrap().unwrap();
    assert_eq!((payment.received, payment.captured), (due - 1, 0));
    assert!(look(&order, &payment, &short, AT).events.is_empty(), "told once");

    let over = there(&payment, GatewayStatus::AwaitingTransfer, due + 1);
    let wrong = look(&order, &payment, &over, AT).payment.unwrap();
    assert_eq!(wrong.to, PaymentState::Voiding);
    assert_eq!(wrong.reason.as_deref(), Some(AMOUNT_MISMATCH));
    let late = look(&order, &payment, &short, DEADLINE).payment.unwrap();
    assert_eq!((late.to, late.reason.as_deref()), (PaymentState::Voiding, Some(TIMED_OUT)));
}

#[test]
fn money_that_is_there_is_taken_at_once_also_in_the_last_moment() {
    for (state, at) in [
        (PaymentState::Authorizing, AT),
        (PaymentState::AwaitingTransfer, AT),
        (PaymentState::AwaitingTransfer, DEADLINE.plus_ms(1)),
    ] {
        let (order, payment) = transfer(state);
        let came = there(&payment, GatewayStatus::Captured, payment.amount.minor);
        let settle = look(&order, &payment, &came, at);
        assert_eq!(settle.moves[0].to, OrderState::Confirmed, "{state:?}");
        let payment = moved(&payment, &settle.payment.unwrap()).unwrap().unwrap();
        assert_eq!(payment.state, PaymentState::Captured);
        assert_eq!(payment.captured, payment.amount.minor);
    }
    let (order, payment) = transfer(PaymentState::Voiding);
    let settle = confirm(&order, &payment, None, stamp(AT));
    assert!(moved(&payment, &settle.payment.unwrap()).is_ok(), "it came while it was let go");
}

#[test]
fn giving_up_ends_the_order_and_another_way_keeps_the_goods() {
    let (order, payment) = transfer(PaymentState::AwaitingTransfer);
    for (reason, ends) in
        [("changed_mind", OrderState::Cancelled), (ANOTHER_WAY, OrderState::PaymentFailed)]
    {
        let step = void(&order, &payment, reason, stamp(AT));
        assert_eq!(step.lease, Some(LEASE), "recorded before the gateway is asked");
        let letting_go = moved(&payment, &step.payment.clone().unwrap()).unwrap().unwrap();
        let order = settled(&order, &step).unwrap();
        let settle = after_void(&order, &letting_go, stamp(AT));
        assert_eq!(settle.moves[0].to, ends);
        assert_eq!(settle.moves[0].why, reason);
    }
}

#[test]
fn late_money_buys_anew_only_what_timed_out_and_only_when_it_is_all_of_it() {
    let (mut order, mut payment) = transfer(PaymentState::Voided);
    let due = payment.amount.minor;
    let late = |unclaimed| GatewayPayment {
        unclaimed,
        ..there(&payment, GatewayStatus::Voided, unclaimed)
    };
    let (exact, less, more) = (late(due), late(due - 1), late(due + 1));
    let ends = |to, why: &str| Move { to, at: AT, by: Actor::Recovery, why: why.into() };
    for state in OrderState::ALL {
        for why in [TIMED_OUT, "changed_mind", "by_staff", ANOTHER_WAY, AMOUNT_MISMATCH, "voided"] {
            (order.state, order.moves) = (state, vec![ends(state, why)]);
            let nobody_paid = state == OrderState::Cancelled && why == TIMED_OUT;
            assert_eq!(buys_anew(&order, &payment, &exact), nobody_paid, "{state:?} {why}");
            assert!(!buys_anew(&order, &payment, &less) && !buys_anew(&order, &payment, &more));
        }
    }
    (order.state, order.moves) =
        (OrderState::Cancelled, vec![ends(OrderState::Cancelled, TIMED_OUT)]);
    assert!(buys_anew(&order, &payment, &exact));
    payment.captured = due;
    assert!(!buys_anew(&order, &payment, &exact), "it was paid: this is a second time");
    let back = returned(&order, payment.amount, AT);
    let body: serde_json::Value = serde_json::from_str(&back.events[0].body).unwrap();
    assert_eq!(
        (&body["amount"]["minor"], &body["order"]),
        (&due.into(), &order.id.to_string().into())
    );
    let told = settled(&order, &back).unwrap();
    assert_eq!((told.state, told.version), (OrderState::Cancelled, order.version + 1));
}
