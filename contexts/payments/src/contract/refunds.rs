//! Cases about refunds: reserved, ended once, never more than was taken.

use super::bench::{AT, eur};
use super::contract_cases;
use crate::event::{PAYMENT_REFUNDED, PaymentRefunded};
use crate::{
    Account, FinishRefund, PaymentIntent, PaymentRefusal, PaymentState, RefundState, ReserveRefund,
};
use souk_kernel::{Currency, Entropy, Money, PaymentId, RefundId, SeededEntropy, Timestamp};

fn reserve(payment: PaymentId, refund: RefundId, amount: Option<Money>) -> PaymentIntent {
    reserve_at(payment, refund, amount, AT)
}

fn reserve_at(
    payment: PaymentId,
    refund: RefundId,
    amount: Option<Money>,
    at: Timestamp,
) -> PaymentIntent {
    let reason = String::from("it's broken");
    PaymentIntent::ReserveRefund(ReserveRefund { refund, payment, amount, reason, at })
}

fn finish(payment: PaymentId, refund: RefundId, succeeded: bool) -> PaymentIntent {
    PaymentIntent::FinishRefund(FinishRefund { refund, payment, succeeded, at: AT })
}

contract_cases! {
    async fn a_refund_is_reserved_then_given(bench) {
        let payment = bench.payment_in(PaymentState::Captured, 1_000).await;
        let id: RefundId = bench.id();
        let reserved = bench.done(reserve(payment.id, id, Some(eur(300)))).await;
        assert_eq!((reserved.refunding, reserved.refunded), (300, 0));
        let refunds = bench.payments.refunds(payment.id).await.expect("the store works");
        let shown: Vec<_> = refunds
            .iter()
            .map(|r| (r.id, r.payment, r.order, r.amount, r.state, r.reason.as_str()))
            .collect();
        let refund = (id, payment.id, payment.order, eur(300), RefundState::Reserved, "it's broken");
        assert_eq!(shown, [refund]);
        let given = bench.done(finish(payment.id, id, true)).await;
        assert_eq!((given.refunding, given.refunded), (0, 300));
        assert_eq!(bench.stored(payment.id).await, given);
        if let Some(entries) = bench.money(payment.id).await {
            let lines: Vec<_> = entries.iter().map(|e| (e.debit, e.credit, e.amount)).collect();
            let (gateway, sales) = (Account::Gateway, Account::Sales);
            assert_eq!(lines, [(gateway, sales, eur(1_000)), (sales, gateway, eur(300))]);
        }
    }

    async fn the_same_refund_twice_is_one(bench) {
        let payment = bench.payment_in(PaymentState::Captured, 1_000).await;
        let id = bench.id();
        let ask = reserve(payment.id, id, Some(eur(600)));
        let answers = bench.apply(vec![ask.clone(), ask.clone()]).await;
        assert_eq!(answers[0], answers[1]);
        bench.done(finish(payment.id, id, true)).await;
        assert_eq!(bench.done(ask).await.refunded, 600, "also when it is over");
        assert_eq!(bench.payments.refunds(payment.id).await.map(|r| r.len()), Ok(1));
    }

    /// An id follows from a request's key: under one key, one order's money goes back.
    async fn an_id_is_one_payments_refund_alone(bench) {
        let payment = bench.payment_in(PaymentState::Captured, 1_000).await;
        let other = bench.payment_in(PaymentState::Captured, 1_000).await;
        let id: RefundId = bench.id();
        let answers = bench
            .apply(vec![
                reserve(payment.id, id, Some(eur(400))),
                reserve(other.id, id, Some(eur(400))),
                reserve(other.id, id, None),
            ])
            .await;
        assert!(answers[0].is_ok());
        assert_eq!(answers[1..], [Err(PaymentRefusal::KeyReused), Err(PaymentRefusal::KeyReused)]);
        let strange = bench.one(finish(other.id, id, true)).await;
        assert_eq!(strange, Err(PaymentRefusal::NoPayment), "another payment's is not ended");
        assert_eq!(bench.done(finish(payment.id, id, true)).await.refunded, 400);
        let late = bench.one(reserve(other.id, id, Some(eur(400)))).await;
        assert_eq!(late, Err(PaymentRefusal::KeyReused), "also when it is over");
        assert_eq!(bench.stored(other.id).await, other);
        assert_eq!(bench.payments.refunds(other.id).await, Ok(vec![]));
    }

    async fn no_more_than_is_left(bench) {
        let payment = bench.payment_in(PaymentState::Captured, 1_000).await;
        let first = bench.id();
        let answers = bench
            .apply(vec![
                reserve(payment.id, first, Some(eur(700))),
                reserve(payment.id, bench.id(), Some(eur(301))),
                reserve(payment.id, bench.id(), Some(eur(0))),
                reserve(payment.id, bench.id(), Some(eur(-5))),
                reserve(payment.id, bench.id(), Some(Money::new(5, Currency::Usd))),
                reserve(payment.id, bench.id(), None),
                reserve(payment.id, bench.id(), None),
                reserve(bench.id(), bench.id(), Some(eur(5))),
            ])
            .await;
        assert!(answers[0].is_ok());
        assert_eq!(answers[1], Err(PaymentRefusal::TooMuch { left: eur(300) }));
        assert!(answers[2..5].iter().all(|a| *a == Err(PaymentRefusal::BadAmount)), "{answers:?}");
        assert_eq!(answers[5].as_ref().map(|p| p.refunding), Ok(1_000), "all that was left");
        assert_eq!(answers[6], Err(PaymentRefusal::TooMuch { left: eur(0) }));
        assert_eq!(answers[7], Err(PaymentRefusal::NoPayment));
        bench.done(finish(payment.id, first, false)).await;
        let left = bench.one(reserve(payment.id, bench.id(), Some(eur(701)))).await;
        assert_eq!(left, Err(PaymentRefusal::TooMuch { left: eur(700) }), "free again");
    }

    async fn nothing_taken_nothing_to_give(bench) {
        let payment = bench.payment_in(PaymentState::Authorized, 1_000).await;
        let refused = bench.one(reserve(payment.id, bench.id(), Some(eur(1)))).await;
        assert_eq!(refused, Err(PaymentRefusal::TooMuch { left: eur(0) }));
        assert_eq!(bench.payments.refunds(payment.id).await, Ok(vec![]));
    }

    async fn a_refund_ends_once(bench) {
        let payment = bench.payment_in(PaymentState::Captured, 1_000).await;
        let id: RefundId = bench.id();
        bench.done(reserve(payment.id, id, Some(eur(400)))).await;
        let answers =
            bench.apply(vec![finish(payment.id, id, true), finish(payment.id, id, true), finish(payment.id, id, false)]).await;
        for answer in answers {
            let now = answer.expect("a repeated end is no fault");
            assert_eq!((now.refunding, now.refunded), (0, 400));
        }
        let refunds = bench.payments.refunds(payment.id).await.expect("the store works");
        assert_eq!(refunds[0].state, RefundState::Succeeded);
        if let Some(entries) = bench.money(payment.id).await {
            assert_eq!(entries.len(), 2, "one capture, one refund");
        }
        let unknown = bench.one(finish(payment.id, bench.id(), true)).await;
        assert_eq!(unknown, Err(PaymentRefusal::NoPayment));
    }

    /// Once for each that succeeds, however often its end is told; never for one that fails.
    async fn a_refund_that_succeeds_is_told_once(bench) {
        let payment = bench.payment_in(PaymentState::Captured, 1_000).await;
        let ids: Vec<RefundId> = (0..3).map(|_| bench.id()).collect();
        for (id, amount) in ids.iter().zip([300, 300, 50]) {
            bench.done(reserve(payment.id, *id, Some(eur(amount)))).await;
        }
        for end in [finish(payment.id, ids[0], true), finish(payment.id, ids[0], true), finish(payment.id, ids[1], false)] {
            bench.done(end).await;
        }
        bench.done(finish(payment.id, ids[2], true)).await;
        let Some(facts) = bench.facts().await else { return };
        let told = |fact: &souk_kernel::Event| {
            assert_eq!((fact.aggregate.0, fact.kind.as_str()), (payment.id.uuid(), PAYMENT_REFUNDED));
            let body: PaymentRefunded = serde_json::from_str(&fact.body).expect("a body");
            assert_eq!((body.order, body.user), (payment.order, payment.user));
            (fact.number, body.refund, body.amount)
        };
        let told: Vec<_> = facts.iter().map(told).collect();
        assert_eq!(told, [(300, ids[0], eur(300)), (350, ids[2], eur(50))]);
    }

    async fn what_was_left_reserved_is_found(bench) {
        let payment = bench.payment_in(PaymentState::Captured, 1_000).await;
        let other = bench.payment_in(PaymentState::Captured, 1_000).await;
        let ids: Vec<RefundId> = (0..4).map(|_| bench.id()).collect();
        let ask = |of: PaymentId, id, minutes: i64| {
            reserve_at(of, id, Some(eur(10)), AT.plus_ms(minutes * 60_000))
        };
        bench.done(ask(payment.id, ids[0], 3)).await;
        bench.done(ask(other.id, ids[1], 1)).await;
        bench.done(ask(payment.id, ids[2], 2)).await;
        bench.done(ask(payment.id, ids[3], 9)).await;
        bench.done(finish(payment.id, ids[2], true)).await;
        let before = AT.plus_ms(5 * 60_000);
        let found = bench.payments.unfinished_refunds(before, None, 10).await.expect("the store works");
        assert_eq!(found.iter().map(|r| r.id).collect::<Vec<_>>(), [ids[1], ids[0]]);
        // One after the other: each page goes on behind the one before it.
        let mut after = None;
        for expected in [Some(ids[1]), Some(ids[0]), None] {
            let page = bench.payments.unfinished_refunds(before, after, 1).await;
            let page = page.expect("the store works");
            assert_eq!(page.first().map(|r| r.id), expected);
            after = page.first().map(|r| (r.created_at, r.id));
        }
        let mine = bench.payments.refunds(payment.id).await.expect("the store works");
        let mine: Vec<_> = mine.iter().map(|r| r.id).collect();
        assert_eq!(mine, [ids[2], ids[0], ids[3]], "oldest first");
    }

    /// `paid-once`: refunded ≤ captured, whatever is asked, in whatever order it ends.
    async fn sums_hold_whatever_is_asked(bench) {
        let random = SeededEntropy::new(23);
        let below = |n: u64| random.next_u64() % n;
        let payment = bench.payment_in(PaymentState::Captured, 2_000).await;
        let mut asked: Vec<RefundId> = Vec::new();
        for _ in 0..80 {
            if asked.is_empty() || below(2) == 0 {
                let id = bench.id();
                asked.push(id);
                let _ = bench.one(reserve(payment.id, id, Some(eur(below(700) as i64)))).await;
            } else {
                let id = asked[below(asked.len() as u64) as usize];
                let _ = bench.one(finish(payment.id, id, below(3) > 0)).await;
            }
            let now = bench.stored(payment.id).await;
            assert!(now.refunded + now.refunding <= now.captured && now.refunding >= 0, "{now:?}");
        }
        let now = bench.stored(payment.id).await;
        let refunds = bench.payments.refunds(payment.id).await.expect("the store works");
        let sum = |state| -> i64 {
            refunds.iter().filter(|r| r.state == state).map(|r| r.amount.minor).sum()
        };
        assert_eq!(now.refunded, sum(RefundState::Succeeded));
        assert_eq!(now.refunding, sum(RefundState::Reserved));
        if let Some(entries) = bench.money(payment.id).await {
            let given = entries.iter().filter(|e| e.credit == Account::Gateway);
            assert_eq!(given.map(|e| e.amount.minor).sum::<i64>(), now.refunded);
        }
    }
}
