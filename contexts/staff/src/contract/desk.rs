//! The desk's finds, beside the stores that they look into: payments, refunds, accounts.

use super::{Bench, Maker, NOW};
use crate::{FindCustomers, FindPayments, FindRefunds};
use souk_accounts::port::{NewCustomer, NewGuest, NewSession};
use souk_accounts::{Email, TokenDigest};
use souk_kernel::{Currency, Money, PaymentId, RefundId, Timestamp, UserId, one};
use souk_payments::{
    Method, MovePayment, PaymentIntent, PaymentState, ReserveRefund, StartAttempt,
};

const EUR: Currency = Currency::Eur;

/// A payment that was tried, in a state, under a name at the gateway.
async fn payment(bench: &Bench, maker: &Maker, state: PaymentState, name: &str) -> PaymentId {
    let id = maker.0.mint_anywhere();
    let attempt = StartAttempt {
        id,
        order: maker.0.mint_anywhere(),
        user: maker.0.mint_anywhere(),
        amount: Money::new(1_000, EUR),
        method: Method::Card,
        gateway: "sandbox",
        token: String::from("tok"),
        at: NOW,
    };
    let mut steps = vec![PaymentIntent::Start(attempt)];
    let plain = |from, to| MovePayment::plain(id, from, to, NOW);
    let named = |step| MovePayment { gateway_ref: Some(name.to_owned()), ..step };
    match state {
        PaymentState::Authorizing => {}
        PaymentState::Declined => {
            steps.push(PaymentIntent::Move(named(plain(&[PaymentState::Authorizing], state))));
        }
        _ => {
            let held = plain(&[PaymentState::Authorizing], PaymentState::Authorized);
            let asked = plain(&[PaymentState::Authorized], PaymentState::Capturing);
            let taken = plain(&[PaymentState::Capturing], PaymentState::Captured);
            steps.extend([named(held), asked, taken].map(PaymentIntent::Move));
        }
    }
    for step in steps {
        one(bench.payments.apply(vec![step]).await).expect("money moves");
    }
    id
}

async fn payments(bench: &Bench, find: FindPayments) -> Vec<PaymentId> {
    let found = bench.desk.find_payments(&find).await.expect("the store answers");
    found.into_iter().map(|payment| payment.id).collect()
}

/// By state and by name, the newest first, cut into pages that miss none and repeat none.
pub(super) async fn payments_are_found(bench: Bench) {
    use PaymentState::{Authorizing, Captured, Declined, Voided};
    let maker = Maker::new();
    let mut made = Vec::new();
    for (at, state) in
        [Captured, Declined, Authorizing, Declined, Captured, Declined].into_iter().enumerate()
    {
        made.push((payment(&bench, &maker, state, &format!("ga_{at}")).await, state));
    }
    made.reverse();
    let all = FindPayments { limit: 9, ..FindPayments::default() };
    let expected: Vec<PaymentId> = made.iter().map(|(id, _)| *id).collect();
    assert_eq!(payments(&bench, all.clone()).await, expected);
    for wanted in [Captured, Declined, Authorizing, Voided] {
        let of = |(id, state): &(PaymentId, PaymentState)| (*state == wanted).then_some(*id);
        let expected: Vec<PaymentId> = made.iter().filter_map(of).collect();
        let find = FindPayments { state: Some(wanted), limit: 1, ..all.clone() };
        let mut found: Vec<PaymentId> = Vec::new();
        while let [id] = payments(
            &bench,
            FindPayments { before: found.last().copied(), ..find.clone() },
        )
        .await[..]
        {
            found.push(id);
        }
        assert_eq!(found, expected, "{wanted:?}, one at a time");
    }
    let (declined, _) = made[0];
    let named = |text: &str| FindPayments { reference: Some(text.to_owned()), ..all.clone() };
    assert_eq!(payments(&bench, named("ga_5")).await, [declined]);
    assert_eq!(payments(&bench, named(&declined.to_string().to_uppercase())).await, [declined]);
    for nobodys in ["ga_", "ga_55", "", &UserId::from_bytes([9; 16]).to_string()] {
        assert_eq!(payments(&bench, named(nobodys)).await, [], "{nobodys}");
    }
    let other = FindPayments { state: Some(Captured), ..named("ga_5") };
    assert_eq!(payments(&bench, other).await, [], "the state counts too");
    let behind = FindPayments { before: Some(declined), ..named("ga_5") };
    assert_eq!(payments(&bench, behind).await, [], "and so does the page");
}

/// The newest first, of the same moment by id; pages of one miss none and repeat none.
pub(super) async fn refunds_are_found(bench: Bench) {
    let maker = Maker::new();
    let payment = payment(&bench, &maker, PaymentState::Captured, "ga_1").await;
    let mut made: Vec<(Timestamp, RefundId)> = Vec::new();
    for minute in [0, 1, 1, 1, 3] {
        let (refund, at) = (maker.0.mint_anywhere(), NOW.plus_ms(minute * 60_000));
        let amount = Some(Money::new(10, EUR));
        let reserve = ReserveRefund { refund, payment, amount, reason: String::from("late"), at };
        let answer = bench.payments.apply(vec![PaymentIntent::ReserveRefund(reserve)]).await;
        one(answer).expect("money is set aside");
        made.push((at, refund));
    }
    let finish =
        souk_payments::FinishRefund { refund: made[2].1, payment, succeeded: true, at: NOW };
    let mut finish = Some(finish);
    made.sort_by_key(|(at, id)| std::cmp::Reverse((*at, *id.bytes())));
    for open in [false, true] {
        if let Some(finish) = finish.take_if(|_| open) {
            made.retain(|(_, id)| *id != finish.refund);
            let answer = bench.payments.apply(vec![PaymentIntent::FinishRefund(finish)]).await;
            one(answer).expect("money goes back");
        }
        for limit in [1, 2, 9] {
            let (mut found, mut before) = (Vec::new(), None);
            loop {
                let find = FindRefunds { open, before, limit };
                let page = bench.desk.find_refunds(&find).await.expect("the store answers");
                let Some(last) = page.last() else { break };
                before = Some((last.created_at, last.id));
                found.extend(page.iter().map(|refund| (refund.created_at, refund.id)));
            }
            assert_eq!(found, made, "open: {open}, {limit} at a time");
        }
    }
}

fn opened(maker: &Maker) -> NewSession {
    let id: souk_kernel::SessionId = maker.0.mint_anywhere();
    let token = TokenDigest::of(&id.to_string());
    NewSession { id, token, created: NOW, expires: NOW.plus_ms(1_000), device: None }
}

async fn customer(bench: &Bench, maker: &Maker, email: &str, name: &str) -> UserId {
    let user = maker.0.mint_anywhere();
    let intent = NewCustomer {
        user,
        guest: None,
        email: Email::parse(email).expect("an address"),
        name: name.to_owned(),
        password_hash: String::from("$hash"),
        session: opened(maker),
    };
    bench.accounts.register(intent).await.expect("an account");
    user
}

async fn customers(bench: &Bench, text: &str, before: Option<UserId>, limit: usize) -> Vec<UserId> {
    let find = FindCustomers { text: text.to_owned(), before, limit };
    let found = bench.desk.find_customers(&find).await.expect("the store answers");
    found.into_iter().map(|user| user.id).collect()
}

/// By what the address or the name has in it; guests have no account.
pub(super) async fn customers_are_found(bench: Bench) {
    let maker = Maker::new();
    let ada = customer(&bench, &maker, "ada.l@example.com", "Ada Lovelace").await;
    let guest = NewGuest { user: maker.0.mint_anywhere(), session: opened(&maker) };
    assert_eq!(one(bench.accounts.add_guests(vec![guest]).await), Ok(()));
    let bob = customer(&bench, &maker, "bob@mail.example.org", "Bob \"Quote\" 100%").await;
    let zoe = customer(&bench, &maker, "z@example.com", "Zoë Ädams").await;
    let found = async |text: &str| customers(&bench, text, None, 9).await;
    assert_eq!(found("").await, [zoe, bob, ada], "all accounts, the newest first");
    assert_eq!(found("example").await, [zoe, bob, ada]);
    assert_eq!(found("velac").await, [ada], "inside a word");
    assert_eq!(found("ADA L").await, [ada], "over words, whatever their case");
    assert_eq!(found("da.l@ex").await, [ada]);
    assert_eq!(found("ädam").await, [zoe]);
    assert_eq!(found("ZOË").await, [zoe]);
    assert_eq!(found("\"quote\" 100%").await, [bob]);
    assert_eq!(found("lovelace ada").await, [], "as it is written");
    for odd in ["\"", "***", "NEAR(", "email:ada", "a\0b", "%%%", "___"] {
        assert_eq!(found(odd).await, [], "{odd}");
    }
    assert_eq!(found("bo").await, [bob], "few letters begin the address");
    assert_eq!(found("Z").await, [zoe]);
    assert_eq!(found("xa").await, []);
    assert_eq!(customers(&bench, "example", Some(zoe), 1).await, [bob], "page by page");
    assert_eq!(customers(&bench, "example", Some(bob), 1).await, [ada]);
    assert_eq!(customers(&bench, "", Some(bob), 9).await, [ada]);
    assert_eq!(bench.accounts.set_name(ada, String::from("Countess")).await, Ok(true));
    assert_eq!((found("lovelace").await, found("countess").await), (vec![], vec![ada]));
}
