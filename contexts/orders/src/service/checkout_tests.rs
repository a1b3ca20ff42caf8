//! What makes two requests under one key the same request.

use super::*;
use souk_kernel::{Currency, Id};

type Change<T> = (&'static str, fn(&mut T));

fn key() -> ClaimKey {
    ClaimKey { principal: Id::from_bytes([1; 16]), key: "k".into() }
}

fn there() -> ShipTo {
    ShipTo {
        name: "Ada Lovelace".into(),
        line1: "Invalidenstr. 116".into(),
        city: "Berlin".into(),
        postal_code: "10115".into(),
        country: "DE".into(),
        email: "ada@example.com".into(),
        ..ShipTo::default()
    }
}

fn buy() -> BuyNow {
    BuyNow {
        key: key(),
        lines: vec![BuyerLine { sku: Id::from_bytes([2; 16]), quantity: 1 }],
        ship_to: Arc::new(there()),
        shipping: ShippingMethod::Standard,
        token: "tok_approve".into(),
        method: Method::Card,
        shown: Money::new(10_00, Currency::Eur),
    }
}

fn moved(ask: &mut BuyNow, change: impl FnOnce(&mut ShipTo)) {
    change(Arc::make_mut(&mut ask.ship_to));
}

#[test]
fn whatever_is_bought_otherwise_is_another_request() {
    let changes: [Change<BuyNow>; 15] = [
        ("another thing", |ask| ask.lines[0].sku = Id::from_bytes([3; 16])),
        ("more of it", |ask| ask.lines[0].quantity = 2),
        ("one thing more", |ask| ask.lines.push(ask.lines[0])),
        ("faster", |ask| ask.shipping = ShippingMethod::Express),
        ("another card", |ask| ask.token = "tok_decline".into()),
        ("another way to pay", |ask| ask.method = Method::Wallet),
        ("a transfer", |ask| ask.method = Method::BankTransfer),
        ("to somebody else", |ask| moved(ask, |to| to.name = "Bob".into())),
        ("another street", |ask| moved(ask, |to| to.line1 = "Weg 1".into())),
        ("another floor", |ask| moved(ask, |to| to.line2 = Some("3rd floor".into()))),
        ("another city", |ask| moved(ask, |to| to.city = "Bonn".into())),
        ("another postal code", |ask| moved(ask, |to| to.postal_code = "53111".into())),
        ("another region", |ask| moved(ask, |to| to.region = Some("BE".into()))),
        ("another country", |ask| moved(ask, |to| to.country = "FR".into())),
        ("told at another address", |ask| moved(ask, |to| to.email = "bob@example.com".into())),
    ];
    let first = buy_now_digest(&buy());
    assert_eq!(buy_now_digest(&buy()), first, "the same again");
    let mut seen = vec![first];
    for (what, change) in changes {
        let mut ask = buy();
        change(&mut ask);
        let digest = buy_now_digest(&ask);
        assert!(!seen.contains(&digest), "{what} is the same request as another");
        seen.push(digest);
    }
    let mut billed = buy();
    moved(&mut billed, |to| to.bill_to = Some(crate::BillTo::default()));
    assert_ne!(buy_now_digest(&billed), first, "an invoice to somebody else");
}

#[test]
fn whatever_is_paid_otherwise_is_another_request() {
    let pay = || Pay {
        key: key(),
        checkout: Id::from_bytes([5; 16]),
        token: "tok_approve".into(),
        method: Method::Card,
        shown: Money::new(10_00, Currency::Eur),
    };
    let changes: [Change<Pay>; 4] = [
        ("another checkout", |ask| ask.checkout = Id::from_bytes([6; 16])),
        ("another card", |ask| ask.token = "tok_decline".into()),
        ("another way to pay", |ask| ask.method = Method::Wallet),
        ("a transfer", |ask| ask.method = Method::BankTransfer),
    ];
    let mut seen = vec![pay_digest(&pay())];
    assert_eq!(pay_digest(&pay()), seen[0], "the same again");
    for (what, change) in changes {
        let mut ask = pay();
        change(&mut ask);
        let digest = pay_digest(&ask);
        assert!(!seen.contains(&digest), "{what} is the same request as another");
        seen.push(digest);
    }
}
