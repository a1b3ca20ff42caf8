//! Cases about a payment's states.

use super::bench::{AT, Bench, go};
use super::contract_cases;
use crate::rules::{drawn, moved};
use crate::{
    Account, BankAccount, Method, MoneyEntry, MovePayment, PaymentIntent, PaymentRefusal,
    PaymentState,
};
use souk_kernel::PaymentId;

contract_cases! {
    async fn an_attempt_reads_back_as_it_started(bench) {
        let attempt = bench.attempt(12_99);
        let payment = bench.done(PaymentIntent::Start(attempt.clone())).await;
        assert_eq!(payment, attempt.payment());
        assert_eq!(bench.stored(attempt.id).await, payment);
        assert_eq!(bench.payments.payment(bench.id()).await, Ok(None));
    }

    async fn starting_twice_starts_once(bench) {
        let attempt = bench.attempt(500);
        let start = || PaymentIntent::Start(attempt.clone());
        let authorize = go(attempt.id, &[PaymentState::Authorizing], PaymentState::Authorized);
        let answers = bench.apply(vec![start(), start(), authorize, start()]).await;
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[3], answers[2], "the payment as it stands");
    }

    /// The whole table: each state, each target, from everywhere.
    async fn only_drawn_edges_are_walked(bench) {
        let cards = PaymentState::ALL.map(|from| (Method::Card, from));
        let transfers = PaymentState::ALL.map(|from| (Method::BankTransfer, from));
        for (method, from) in cards.into_iter().chain(transfers) {
            let Some(way) = Bench::way(method, from) else { continue };
            for to in PaymentState::ALL {
                let before = bench.paid_by(method, way, 700).await;
                let answer = bench.one(go(before.id, &PaymentState::ALL, to)).await;
                let now = bench.stored(before.id).await;
                if from == to {
                    assert_eq!((answer, &now), (Ok(before.clone()), &before), "{from:?} again");
                } else if drawn(method, from, to) {
                    let step = MovePayment::plain(before.id, &PaymentState::ALL, to, AT);
                    let expected = moved(&before, &step).expect("drawn").expect("moves");
                    assert_eq!((answer, &now), (Ok(expected.clone()), &expected), "{from:?} {to:?}");
                } else {
                    let refused = Err(PaymentRefusal::WrongState(from));
                    assert_eq!((answer, now), (refused, before), "{from:?} {to:?}");
                }
            }
        }
    }

    async fn a_move_starts_where_it_says(bench) {
        let payment = bench.payment_in(PaymentState::RequiresAction, 700).await;
        let elsewhere = go(payment.id, &[PaymentState::Authorizing], PaymentState::Authorized);
        let refused = Err(PaymentRefusal::WrongState(PaymentState::RequiresAction));
        assert_eq!(bench.one(elsewhere).await, refused);
        let nowhere: PaymentId = bench.id();
        let missing = bench.one(go(nowhere, &PaymentState::ALL, PaymentState::Authorized)).await;
        assert_eq!(missing, Err(PaymentRefusal::NoPayment));
        assert_eq!(bench.stored(payment.id).await, payment);
    }

    async fn a_capture_and_a_void_exclude_each_other(bench) {
        let payment = bench.payment_in(PaymentState::Authorized, 700).await;
        let from = &[PaymentState::Authorized];
        let capture = go(payment.id, from, PaymentState::Capturing);
        let void = go(payment.id, from, PaymentState::Voiding);
        let answers = bench.apply(vec![capture.clone(), void, capture]).await;
        assert!(answers[0].is_ok() && answers[2] == answers[0], "{answers:?}");
        assert_eq!(answers[1], Err(PaymentRefusal::WrongState(PaymentState::Capturing)));
    }

    async fn what_the_gateway_said_is_kept(bench) {
        let payment = bench.payment_in(PaymentState::Authorizing, 700).await;
        let mut step = MovePayment::plain(
            payment.id,
            &[PaymentState::Authorizing],
            PaymentState::RequiresAction,
            AT,
        );
        step.gateway_ref = Some("pay_1".into());
        step.action_url = Some("http://bank.example/?a=1&b='2'".into());
        let waiting = bench.done(PaymentIntent::Move(step.clone())).await;
        assert_eq!(waiting.gateway_ref.as_deref(), Some("pay_1"));
        assert_eq!(waiting.action_url, step.action_url);
        let declined = MovePayment {
            reason: Some("insufficient_funds".into()),
            ..MovePayment::plain(
                payment.id,
                &[PaymentState::RequiresAction],
                PaymentState::Declined,
                AT,
            )
        };
        let declined = bench.done(PaymentIntent::Move(declined)).await;
        assert_eq!(declined.gateway_ref.as_deref(), Some("pay_1"), "what is known stays known");
        assert_eq!(declined.action_url, None, "there is nothing to act on any more");
        assert_eq!(declined.reason.as_deref(), Some("insufficient_funds"));
        assert_eq!(bench.stored(payment.id).await, declined);
    }

    async fn a_capture_takes_the_amount_once(bench) {
        let payment = bench.payment_in(PaymentState::Capturing, 4_321).await;
        let captured = MovePayment::plain(
            payment.id,
            &[PaymentState::Capturing],
            PaymentState::Captured,
            AT.plus_ms(5),
        );
        let intent = PaymentIntent::Move(captured);
        let answers = bench.apply(vec![intent.clone(), intent.clone()]).await;
        assert_eq!(answers[0], answers[1]);
        let now = bench.done(intent).await;
        assert_eq!((now.captured, now.captured_at), (4_321, Some(AT.plus_ms(5))));
        if let Some(entries) = bench.money(payment.id).await {
            let line = MoneyEntry {
                payment: payment.id,
                debit: Account::Gateway,
                credit: Account::Sales,
                amount: payment.amount,
                at: AT.plus_ms(5),
            };
            assert_eq!(entries, [line]);
        }
    }

    /// A transfer's money is taken as it comes: from wherever it is waited for, and once.
    async fn a_transfer_is_taken_once(bench) {
        use PaymentState::{Authorizing, AwaitingTransfer, Captured, Voiding};
        let ways: [&[PaymentState]; 3] = [&[], &[AwaitingTransfer], &[AwaitingTransfer, Voiding]];
        for way in ways {
            let payment = bench.paid_by(Method::BankTransfer, way, 4_321).await;
            let [holder, iban, bic] = ["\"Shop\"", "DE00", "X"].map(String::from);
            let account = BankAccount { holder, iban, bic };
            let from = &[Authorizing, AwaitingTransfer, Voiding];
            let intent = PaymentIntent::Move(MovePayment {
                received: Some(4_321),
                account: Some(account.clone()),
                ..MovePayment::plain(payment.id, from, Captured, AT.plus_ms(5))
            });
            let answers = bench.apply(vec![intent.clone(), intent]).await;
            assert_eq!(answers[0], answers[1]);
            let now = bench.stored(payment.id).await;
            assert_eq!((now.captured, now.received), (4_321, 4_321), "{way:?}");
            assert_eq!((now.captured_at, now.account), (Some(AT.plus_ms(5)), Some(account)));
            if let Some(entries) = bench.money(payment.id).await {
                let amounts: Vec<_> = entries.iter().map(|entry| entry.amount.minor).collect();
                assert_eq!(amounts, [4_321], "one entry of the money ledger");
            }
        }
    }

    /// News of what came may be old, and come twice.
    async fn what_came_only_grows(bench) {
        let way = &[PaymentState::AwaitingTransfer];
        let payment = bench.paid_by(Method::BankTransfer, way, 700).await;
        let came = |received| {
            PaymentIntent::Move(MovePayment {
                received: Some(received),
                ..MovePayment::plain(payment.id, &[], PaymentState::AwaitingTransfer, AT)
            })
        };
        let answers = bench.apply(vec![came(400), came(100), came(400)]).await;
        let seen: Vec<_> = answers.into_iter().map(|p| p.map(|p| p.received)).collect();
        assert_eq!(seen, [Ok(400), Ok(400), Ok(400)]);
        let now = bench.stored(payment.id).await;
        assert_eq!((now.state, now.received, now.captured), (payment.state, 400, 0));
        for (note, kept) in [("first", "first"), ("second", "first")] {
            let PaymentIntent::Move(step) = came(0) else { unreachable!() };
            let noted = MovePayment { reason: Some(note.into()), ..step };
            let noted = bench.done(PaymentIntent::Move(noted)).await;
            assert_eq!((noted.reason.as_deref(), noted.received), (Some(kept), 400));
        }
        let card = bench.payment_in(PaymentState::Authorized, 700).await;
        let wrong = go(card.id, &PaymentState::ALL, PaymentState::AwaitingTransfer);
        let refused = Err(PaymentRefusal::WrongState(PaymentState::Authorized));
        assert_eq!(bench.one(wrong).await, refused, "a card waits for none");
    }

    async fn a_refused_intent_leaves_the_others(bench) {
        let (first, second) = (bench.attempt(100), bench.attempt(200));
        let authorize = |id| go(id, &[PaymentState::Authorizing], PaymentState::Authorized);
        let batch = vec![
            PaymentIntent::Start(first.clone()),
            authorize(second.id),
            PaymentIntent::Start(second.clone()),
            go(first.id, &PaymentState::ALL, PaymentState::Captured),
            authorize(second.id),
        ];
        let answers = bench.apply(batch).await;
        assert_eq!(answers[1], Err(PaymentRefusal::NoPayment));
        assert_eq!(answers[3], Err(PaymentRefusal::WrongState(PaymentState::Authorizing)));
        assert_eq!(bench.stored(first.id).await.state, PaymentState::Authorizing);
        assert_eq!(bench.stored(second.id).await.state, PaymentState::Authorized);
    }

    /// A store may find payments by the id's key: it must still compare the whole id.
    async fn an_invented_id_finds_nothing(bench) {
        let payment = bench.payment_in(PaymentState::Authorizing, 100).await;
        let mut bytes = *payment.id.bytes();
        bytes[15] ^= 1;
        let invented = PaymentId::from_bytes(bytes);
        assert_eq!(invented.key(), payment.id.key());
        assert_eq!(bench.payments.payment(invented).await, Ok(None));
        let moved = bench.one(go(invented, &PaymentState::ALL, PaymentState::Declined)).await;
        assert_eq!(moved, Err(PaymentRefusal::NoPayment));
        assert_eq!(bench.stored(payment.id).await.state, PaymentState::Authorizing, "not moved");
    }

    async fn an_empty_batch_has_no_answers(bench) {
        assert!(bench.apply(Vec::new()).await.is_empty());
    }
}
