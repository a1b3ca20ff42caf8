//! Rules of money: tables and properties.

use crate::rules::{drawn, finish, moved, refundable, reserve};
use crate::{
    FinishRefund, Method, MovePayment, Payment, PaymentRefusal, PaymentState, ReserveRefund,
    StartAttempt,
};
use proptest::prelude::*;
use souk_kernel::{Currency, Id, Money, Timestamp};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn captured(amount: i64) -> Payment {
    let start = StartAttempt {
        id: Id::from_bytes([1; 16]),
        order: Id::from_bytes([2; 16]),
        user: Id::from_bytes([3; 16]),
        amount: eur(amount),
        method: Method::Card,
        gateway: "sandbox",
        token: "tok_approve".into(),
        at: Timestamp(0),
    };
    let steps = [PaymentState::Authorized, PaymentState::Capturing, PaymentState::Captured];
    steps.into_iter().fold(start.payment(), |payment, to| {
        let step = MovePayment::plain(payment.id, &PaymentState::ALL, to, Timestamp(1));
        moved(&payment, &step).unwrap().unwrap()
    })
}

#[test]
fn a_void_and_a_capture_exclude_each_other() {
    for (from, to) in [
        (PaymentState::Voiding, PaymentState::Capturing),
        (PaymentState::Capturing, PaymentState::Voiding),
        (PaymentState::Voided, PaymentState::Capturing),
        (PaymentState::Captured, PaymentState::Voiding),
        (PaymentState::Declined, PaymentState::Authorized),
        (PaymentState::Voided, PaymentState::Authorized),
    ] {
        assert!(!drawn(Method::Card, from, to), "{from:?} -> {to:?}");
    }
}

#[test]
fn a_transfer_is_never_held_and_never_taken_after_it_was_let_go() {
    use PaymentState::{Authorized, AwaitingTransfer, Captured, Capturing, Voided, Voiding};
    let edge = |from, to| drawn(Method::BankTransfer, from, to);
    for from in PaymentState::ALL {
        assert!(!edge(from, Authorized) && !edge(from, Capturing), "{from:?}");
        assert!(!edge(Voided, from) && !edge(Captured, from), "{from:?}");
        assert!(!drawn(Method::Wallet, from, AwaitingTransfer), "{from:?}");
    }
    assert!(edge(Voiding, Captured), "it came while the gateway was asked to let it go");
    assert!(!drawn(Method::Card, Voiding, Captured));
}

#[test]
fn a_move_from_elsewhere_is_refused() {
    let payment = captured(100);
    let from = &[PaymentState::Authorized];
    let step = MovePayment::plain(payment.id, from, PaymentState::Voiding, Timestamp(2));
    assert_eq!(moved(&payment, &step), Err(PaymentRefusal::WrongState(PaymentState::Captured)));
}

proptest! {
    /// `paid-once`: refunded ≤ captured, whatever is asked, in whatever order it ends.
    #[test]
    fn refunds_never_exceed_what_was_taken(
        amount in 1_i64..10_000,
        asks in proptest::collection::vec((-10_i64..6_000, any::<bool>()), 1..30),
    ) {
        let mut payment = captured(amount);
        let mut open = Vec::new();
        for (n, (minor, succeeds)) in asks.into_iter().enumerate() {
            let ask = ReserveRefund {
                refund: Id::from_bytes([n as u8; 16]),
                payment: payment.id,
                amount: Some(eur(minor)),
                reason: String::new(),
                at: Timestamp(0),
            };
            if let Ok((next, refund)) = reserve(&payment, &ask) {
                payment = next;
                open.push((refund, succeeds));
            }
            if n % 3 == 2 && let Some((refund, succeeded)) = open.pop() {
                let of = refund.payment;
                let end =
                    FinishRefund { refund: refund.id, payment: of, succeeded, at: Timestamp(0) };
                let (next, ended) = finish(&payment, &refund, &end).unwrap();
                payment = next;
                prop_assert!(finish(&payment, &ended, &end).is_none());
            }
            prop_assert!(refundable(&payment) >= 0);
            prop_assert!(payment.refunded + payment.refunding <= payment.captured);
        }
    }
}
