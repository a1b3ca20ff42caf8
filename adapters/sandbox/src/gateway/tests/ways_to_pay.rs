//! Wallets and bank transfers: what they wait for, and what becomes of money in the wrong amount or at the
//! wrong time.

use super::*;
use crate::tokens::Card;

fn transfer(reference: &str) -> Authorize {
    Authorize {
        method: Method::Transfer,
        statement: String::from("2XK7-0000"),
        ..ask(reference, "tok_approve")
    }
}

fn back(key: &str, gateway_ref: GatewayRef, amount_minor: i64) -> Return {
    Return { idempotency_key: String::from(key), gateway_ref, amount_minor }
}

impl Stand {
    async fn awaited(&self, reference: &str) -> GatewayRef {
        match self.gateway.authorize(&transfer(reference)).await {
            Ok(Outcome::AwaitingTransfer { gateway_ref, url }) => {
                assert_eq!(url, format!("http://localhost:8081/bank/{gateway_ref}"));
                gateway_ref
            }
            other => panic!("{other:?}"),
        }
    }

    async fn comes(&self, gateway_ref: GatewayRef, minor: i64) -> (Status, i64, i64, i64) {
        assert!(self.gateway.receive_transfer(gateway_ref, minor).await.unwrap());
        let there = self.gateway.lookup_ref(gateway_ref).await.unwrap().unwrap();
        (there.status, there.received_minor, there.unclaimed_minor, there.captured_minor)
    }
}

#[tokio::test]
async fn a_wallet_always_asks_and_says_why_not() {
    let stand = stand();
    for (reference, approved, status) in
        [("order_1", true, Status::Authorized), ("order_2", false, Status::Declined)]
    {
        let ask = Authorize { method: Method::Wallet, ..ask(reference, "tok_approve") };
        let Ok(Outcome::RequiresAction { gateway_ref, url }) = stand.gateway.authorize(&ask).await
        else {
            panic!("a wallet asks")
        };
        assert_eq!(url, format!("http://localhost:8081/wallet/{gateway_ref}"));
        assert!(stand.gateway.finish_action(gateway_ref, approved).await.unwrap());
        let there = stand.gateway.lookup(reference).await.unwrap().unwrap();
        assert_eq!(there.status, status);
        let reason = (!approved).then_some(DeclineReason::CancelledByShopper);
        assert_eq!(there.reason, reason);
    }
}

#[tokio::test]
async fn a_transfer_is_taken_when_it_is_there_to_the_cent() {
    let stand = stand();
    let whole = stand.awaited("order_1").await;
    assert_eq!(stand.comes(whole, 1_000).await, (Status::Captured, 1_000, 0, 1_000));
    let pieces = stand.awaited("order_2").await;
    assert_eq!(stand.comes(pieces, 999).await, (Status::AwaitingTransfer, 999, 0, 0));
    assert_eq!(stand.comes(pieces, 1).await, (Status::Captured, 1_000, 0, 1_000));
    let more = stand.awaited("order_3").await;
    assert_eq!(stand.comes(more, 1_001).await, (Status::AwaitingTransfer, 1_001, 0, 0));
    stand.gateway.void(&void_of("v3", "order_3")).await.unwrap();
    assert_eq!(stand.status("order_3").await, Some(Status::Voided), "all of it went back");
    let refused = stand.gateway.void(&void_of("v1", "order_1")).await;
    assert_eq!(refused, Err(Refused::AlreadyCaptured.into()), "it is taken");
    let card = stand.authorized("order_4", "tok_approve").await;
    assert!(!stand.gateway.receive_transfer(card, 5).await.unwrap(), "nobody waits for one");
    let states = stand.states();
    drop(stand.gateway);
    assert_eq!(stand_on(&stand.disk, config()).states(), states, "as its record tells");
}

#[tokio::test]
async fn money_that_nobody_waits_for_is_used_or_sent_back_once() {
    let stand = stand();
    let late = stand.awaited("order_1").await;
    stand.gateway.void(&void_of("v", "order_1")).await.unwrap();
    assert_eq!(stand.comes(late, 1_000).await, (Status::Voided, 1_000, 1_000, 0));
    let funds = |key: &str, minor| Authorize {
        token: format!("funds_{late}"),
        amount: Money::new(minor, Currency::Eur),
        ..transfer(key)
    };
    let used = DeclineReason::TokenUsed;
    let less = stand.gateway.authorize(&funds("order_2", 999)).await.unwrap();
    assert_eq!(less, Outcome::Declined { reason: used }, "all of it, or nothing");
    let first = stand.gateway.authorize(&funds("order_3", 1_000)).await.unwrap();
    assert!(matches!(first, Outcome::Received { amount, .. } if amount.minor == 1_000));
    assert_eq!(stand.gateway.authorize(&funds("order_3", 1_000)).await.unwrap(), first);
    let second = stand.gateway.authorize(&funds("order_4", 1_000)).await.unwrap();
    assert_eq!(second, Outcome::Declined { reason: used });
    let nothing = stand.gateway.give_back(&back("r", late, 1_000)).await;
    assert_eq!(nothing, Err(Refused::WrongState.into()));

    assert_eq!(stand.comes(late, 300).await, (Status::Voided, 1_300, 300, 0));
    for _ in 0..2 {
        let sent = stand.gateway.give_back(&back("r2", late, 300)).await.unwrap();
        assert_eq!(sent.amount_minor, 300, "the same key, the same answer");
    }
    let there = stand.gateway.lookup_ref(late).await.unwrap().unwrap();
    assert_eq!(there.unclaimed_minor, 0);
    let states = stand.states();
    drop(stand.gateway);
    assert_eq!(stand_on(&stand.disk, config()).states(), states, "as its record tells");
}

#[tokio::test]
async fn every_transfer_that_comes_is_told() {
    let stand = stand();
    let deliveries = tokio::spawn(Arc::clone(&stand.gateway).deliver_webhooks());
    let at = stand.awaited("order_1").await;
    stand.comes(at, 400).await;
    stand.comes(at, 600).await;
    while stand.told().len() < 2 {
        tokio::task::yield_now().await;
    }
    deliveries.abort();
    let kinds: Vec<_> = stand.told().into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, [EventKind::TransferReceived; 2]);
}

#[tokio::test]
async fn a_kept_card_pays_again_and_again_until_it_is_forgotten_or_too_old() {
    let stand = stand();
    let card = Card { expires: String::from("2027-01"), ..Card::of_fixed() };
    let issue = async |save| {
        stand.gateway.issue_token(Behaviour::Approve, Some(&card), save).await.unwrap()
    };
    let unasked = issue(false).await;
    assert_eq!(stand.gateway.keep(&unasked, false).await.unwrap(), None);
    assert_eq!(stand.gateway.keep("tok_nobody", true).await.unwrap(), None);
    let once = issue(true).await;
    stand.authorized("order_1", &once).await;
    let kept = stand.gateway.keep(&once, false).await.unwrap().unwrap();
    assert_eq!(kept.card, card);
    assert_ne!(kept.token, once);
    assert_eq!(stand.gateway.keep(&once, false).await.unwrap(), Some(kept.clone()), "the same");
    stand.authorized("order_2", &kept.token).await;
    stand.authorized("order_3", &kept.token).await;
    let Stand { gateway, disk, clock, .. } = stand;
    drop(gateway);
    let stand = stand_on(&disk, config());
    stand.authorized("order_4", &kept.token).await;
    let declined =
        async |reference| match stand.gateway.authorize(&ask(reference, &kept.token)).await {
            Ok(Outcome::Declined { reason }) => reason,
            other => panic!("{other:?}"),
        };
    stand.clock.advance(200 * souk_kernel::DAY_MS);
    assert_eq!(declined("order_5").await, DeclineReason::ExpiredCard);
    stand.gateway.forget(&kept.token).await.unwrap();
    assert_eq!(declined("order_6").await, DeclineReason::TokenUnknown);
    let _ = clock;
}
