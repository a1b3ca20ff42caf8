//! Every mail, word for word; and what no input may do to one.

use super::*;
use crate::model::{Address, ItemLine, News, Notice, Recipient, Unsubscribe, Ware};
use proptest::prelude::*;
use souk_kernel::{Aggregate, Currency, Id};

const AT: Timestamp = Timestamp(1_790_000_000_000);

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn order() -> OrderDetails {
    let line = |title: &str, quantity, minor| ItemLine {
        title: String::from(title),
        quantity,
        subtotal: eur(minor),
    };
    OrderDetails {
        id: "01900000-0000-7000-8000-000000000007".parse().unwrap(),
        number: String::from("7KQ2-M9XD"),
        path: String::from("/orders/7KQ2-M9XD/link/0a1b"),
        email: Some(String::from("anna@example.com")),
        address: Some(Address {
            name: String::from("Anna Weiß"),
            lines: vec![String::from("Hauptstr. 5"), String::from("10827 Berlin, DE")],
        }),
        lines: vec![line("Headphones <X&Y>", 1, 129_900), line("Cable 2 m", 3, 2_997)],
        items: eur(132_897),
        shipping: eur(0),
        tax: eur(21_219),
        tax_inclusive: true,
        total: eur(132_897),
        delivery: String::from("Wed 25 Nov to Fri 27 Nov"),
    }
}

pub(super) fn shop() -> Shop {
    Shop::new(String::from("Souk"), String::from("https://shop.example"))
}

fn event(kind: &str, body: &str) -> Event {
    Event {
        aggregate: Aggregate(order().id.uuid()),
        number: 4,
        kind: String::from(kind),
        body: String::from(body),
        at: AT,
    }
}

pub(super) fn mail(kind: &str, body: &str) -> Mail {
    on_event(&event(kind, body), &order(), &shop(), id(), AT).expect("a mail")
}

pub(super) fn id() -> MailId {
    Id::from_bytes([9; 16])
}

#[test]
fn a_confirmation_word_for_word() {
    let mail = mail("order.confirmed", "{}");
    assert_eq!(mail.subject, "Order 7KQ2-M9XD is confirmed");
    assert_eq!(mail.to, "anna@example.com");
    assert_eq!((mail.kind, mail.number, mail.id), (MailKind::OrderConfirmed, 4, id()));
    assert_eq!(mail.about, Aggregate(order().id.uuid()));
    assert_eq!(
        mail.text,
        "Thank you, your order is confirmed

Souk received your order 7KQ2-M9XD of €1,328.97 and your payment.

View your order: https://shop.example/orders/7KQ2-M9XD/link/0a1b

Order 7KQ2-M9XD
  1 x Headphones <X&Y>: €1,299.00
  3 x Cable 2 m: €29.97
Items: €1,328.97
Shipping: free
Total: €1,328.97
Tax included: €212.19

Estimated delivery: Wed 25 Nov to Fri 27 Nov

Delivery to
  Anna Weiß
  Hauptstr. 5
  10827 Berlin, DE

Souk
https://shop.example
Sent because of your order.
"
    );
    for part in [
        "<title>Order 7KQ2-M9XD is confirmed</title>",
        "1 &times; Headphones &lt;X&amp;Y&gt;</td>",
        "Anna Weiß<br>Hauptstr. 5<br>10827 Berlin, DE</p>",
        "<a href=\"https://shop.example/orders/7KQ2-M9XD/link/0a1b\"",
        ">Wed 25 Nov to Fri 27 Nov</p>",
        "Sent by <a href=\"https://shop.example\"",
    ] {
        assert!(mail.html.contains(part), "{part} in {}", mail.html);
    }
}

#[test]
fn tax_on_top_is_a_row_of_the_sum() {
    let mut order = order();
    order.tax_inclusive = false;
    order.shipping = eur(490);
    let mail = on_event(&event("order.confirmed", "{}"), &order, &shop(), id(), AT).unwrap();
    let sums = "Items: €1,328.97\nShipping: €4.90\nTax: €212.19\nTotal: €1,328.97\n\nEstimated";
    assert!(mail.text.contains(sums), "{}", mail.text);
}

#[test]
fn the_mails_of_a_bank_transfer() {
    for (kind, body, subject, begins) in [
        (
            "order.action_required",
            r#"{"method":"bank_transfer","missing":{"minor":132897,"currency":"EUR"}}"#,
            "Please send €1,328.97 for order 7KQ2-M9XD",
            "Send the money, and it is yours

Your items are kept for you. Send €1,328.97 with the reference 7KQ2-M9XD.",
        ),
        (
            "order.payment_due",
            r#"{"method":"bank_transfer","missing":{"minor":1,"currency":"EUR"}}"#,
            "€0.01 is missing for order 7KQ2-M9XD",
            "Your transfer is not complete

€0.01 of your transfer for order 7KQ2-M9XD has not come yet.",
        ),
        (
            "order.transfer_returned",
            r#"{"amount":{"minor":132897,"currency":"EUR"}}"#,
            "Your transfer for order 7KQ2-M9XD goes back",
            "Your transfer goes back

€1,328.97 came for order 7KQ2-M9XD when we did not wait for it any more",
        ),
    ] {
        let mail = mail(kind, body);
        assert_eq!(mail.subject, subject);
        assert!(mail.text.starts_with(begins), "{}", mail.text);
        assert!(!mail.text.contains("Delivery to"), "only a confirmation promises a parcel");
    }
}

#[test]
fn the_others_word_for_word() {
    let total = r#"{"amount":{"minor":132897,"currency":"EUR"}}"#;
    let part = r#"{"amount":{"minor":1000,"currency":"EUR"}}"#;
    for (kind, body, subject, begins) in [
        (
            "order.payment_failed",
            r#"{"reason":"insufficient_funds","unknown":[1]}"#,
            "The payment for order 7KQ2-M9XD did not go through",
            "Your payment did not go through

Order 7KQ2-M9XD of €1,328.97 was not paid. The bank says that the account does not cover it.

Nothing was charged. You can try again with another card.

Try another way to pay: https://shop.example/orders/",
        ),
        (
            "order.action_required",
            "not json",
            "Please confirm the payment for order 7KQ2-M9XD",
            "Your bank asks you to confirm

The payment of €1,328.97 for order 7KQ2-M9XD waits for your confirmation. Until then the order is \
             not placed.

Confirm the payment: https://shop.example/orders/",
        ),
        (
            "order.cancelled",
            "{}",
            "Order 7KQ2-M9XD is cancelled",
            "Your order is cancelled

Order 7KQ2-M9XD of €1,328.97 was cancelled.

If you had paid already, the money goes back the way it came.

View your order: https://shop.example/orders/",
        ),
        (
            "payment.refunded",
            part,
            "Refund of €10.00 for order 7KQ2-M9XD",
            "Your money is on its way back

We refunded €10.00 of the €1,328.97 of order 7KQ2-M9XD.

Your bank may take a few days to show it.

View your order: https://shop.example/orders/",
        ),
        (
            "payment.refunded",
            total,
            "Refund of €1,328.97 for order 7KQ2-M9XD",
            "Your money is on its way back

We refunded all €1,328.97 of order 7KQ2-M9XD.
",
        ),
        (
            "payment.refunded",
            "{}",
            "Refund for order 7KQ2-M9XD",
            "Your money is on its way back

We made a refund for order 7KQ2-M9XD of €1,328.97.
",
        ),
    ] {
        let mail = mail(kind, body);
        assert_eq!(mail.subject, subject);
        assert!(mail.text.starts_with(begins), "{}", mail.text);
        assert!(!mail.text.contains("Delivery to"), "only a confirmation promises a parcel");
    }
}

/// A payment's fact has the payment for its aggregate: the mail is about the order all the same.
#[test]
fn a_refund_is_about_its_order() {
    let payment = Aggregate(Id::<souk_kernel::noun::Payment>::from_bytes([3; 16]).uuid());
    let body = format!(r#"{{"order":"{}","user":"x","amount":null}}"#, order().id);
    let event = Event { aggregate: payment, ..event("payment.refunded", &body) };
    assert_eq!(order_of(&event), Some(order().id));
    assert_eq!(order_of(&Event { body: "{}".into(), ..event.clone() }), None);
    let mail = on_event(&event, &order(), &shop(), id(), AT).expect("a mail");
    assert_eq!((mail.about, mail.number), (Aggregate(order().id.uuid()), 4));
}

#[test]
fn what_is_not_told() {
    for kind in ["order.created", "stock.band_changed", ""] {
        assert_eq!(on_event(&event(kind, "{}"), &order(), &shop(), id(), AT), None);
    }
    for to in [None, Some(""), Some("a@b\r\nBcc: c@d"), Some("a@b, c@d"), Some("nobody")] {
        let order = OrderDetails { email: to.map(String::from), ..order() };
        assert_eq!(on_event(&event("order.confirmed", "{}"), &order, &shop(), id(), AT), None);
    }
}

/// A document whose tags are balanced and that asks for nothing from outside.
fn is_sound(html: &str) {
    for banned in ["<script", "<img", "<link", "url(", "@import", "javascript:", "<iframe"] {
        assert!(!html.contains(banned), "{banned}");
    }
    for tag in ["html", "head", "body", "table", "tr", "td", "p", "h1", "h2", "a", "title"] {
        let opened =
            html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn every_mail_is_a_sound_document() {
    for (kind, body) in [
        ("order.confirmed", "{}"),
        ("order.payment_failed", "{}"),
        ("order.action_required", "{}"),
        ("order.payment_due", "{}"),
        ("order.transfer_returned", "{}"),
        ("order.cancelled", "{}"),
        ("payment.refunded", "{}"),
        ("parcel.shipped", PARCEL),
        ("parcel.out_for_delivery", PARCEL),
        ("parcel.delivered", PARCEL),
        ("parcel.returned_to_sender", PARCEL),
        ("parcel.lost", PARCEL),
        ("return.requested", "{}"),
        ("return.inspected", "{}"),
    ] {
        is_a_good_mail(&mail(kind, body));
    }
    for news in every_news() {
        is_a_good_mail(&of(news));
    }
}

fn is_a_good_mail(mail: &Mail) {
    let html = &mail.html;
    is_sound(html);
    assert!(html.contains("name=\"color-scheme\" content=\"light dark\""));
    assert!(html.contains("prefers-color-scheme:dark"));
    assert!(html.len() < 10_000, "{}", html.len());
    assert_eq!(html.matches("class=\"button\"").count(), 1, "one thing to do: {html}");
    // What the button does can be done from the plain text too.
    let (_, after) = html.split_once("class=\"button\"").unwrap();
    let url = after.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(mail.text.contains(url), "{url} in {}", mail.text);
    assert!(!mail.subject.is_empty() && mail.subject.chars().count() <= 100, "{}", mail.subject);
    assert!(!mail.subject.contains('!') && !mail.text.contains('!'), "{}", mail.text);
}

const PARCEL: &str = r#"{"parcel":2,"parcels":3,"tracking":"SK123456789"}"#;

#[test]
fn parcels_tell_which_and_what_the_carrier_calls_it() {
    let shipped = mail("parcel.shipped", PARCEL);
    assert_eq!(shipped.subject, "Parcel 2 of 3 of order 7KQ2-M9XD is on its way");
    for part in ["Tracking number: SK123456789", "Estimated delivery: Wed", "Delivery to\n"] {
        assert!(shipped.text.contains(part), "{part} in {}", shipped.text);
    }
    let arrived = mail("parcel.delivered", r#"{"parcel":1,"parcels":1}"#);
    assert_eq!(arrived.subject, "Your order 7KQ2-M9XD has arrived");
    assert!(!arrived.text.contains("Tracking number"), "it is over");
    assert!(!shipped.text.contains("Carrier:"), "nobody said who carries it");
    let carried = mail("parcel.shipped", r#"{"carrier":"Post <b>","tracking":"7"}"#);
    assert!(carried.text.contains("Carrier: Post <b>"), "{}", carried.text);
    assert!(carried.html.contains("Post &lt;b&gt;"), "{}", carried.html);
}

/// Whoever never held the parcel sent nothing back: the parcel's own mail said that the money comes.
#[test]
fn what_the_carrier_lost_or_brought_back_is_no_return_of_the_shopper() {
    let told = |reason: &str| {
        let body = format!(r#"{{"reason":"{reason}"}}"#);
        on_event(&event("return.inspected", &body), &order(), &shop(), id(), AT)
    };
    assert!(told("defective").is_some_and(|mail| mail.text.contains("what you sent back")));
    assert_eq!((told("undeliverable"), told("lost")), (None, None));
    let lost = mail("parcel.lost", PARCEL);
    assert_eq!(lost.subject, "Parcel 2 of 3 of order 7KQ2-M9XD is lost");
    assert!(lost.text.contains("You get your money back"), "{}", lost.text);
}

fn every_news() -> Vec<News> {
    let ware = Ware { title: String::from("Kettle <b>"), path: String::from("/products/7") };
    let path = String::from("/account/verify?token=0123");
    vec![
        News::VerifyAddress { path: path.clone(), hours: 48 },
        News::ResetPassword { path, minutes: 60 },
        News::Welcome,
        News::PasswordChanged,
        News::EmailChanged,
        News::PriceDropped { ware: ware.clone(), from: eur(2_000), to: eur(1_500) },
        News::BackInStock { ware, price: eur(1_500) },
    ]
}

fn of(news: News) -> Mail {
    let user = souk_kernel::UserId::from_bytes([5; 16]);
    let to = Recipient { user, email: "ada@example.com".into(), name: "Ada".into() };
    let topic = news.kind().topic();
    let link = topic.map(|topic| Unsubscribe { user, topic, key: [0xAB; 16] });
    let notice = Notice { about: Aggregate(user.uuid()), number: 3, to, news };
    on_notice(&notice, link, &shop(), id(), AT).expect("a mail")
}

#[test]
fn news_word_for_word() {
    let mails: Vec<Mail> = every_news().into_iter().map(of).collect();
    let subjects: Vec<&str> = mails.iter().map(|mail| &*mail.subject).collect();
    assert_eq!(
        subjects,
        [
            "Confirm your email address for Souk",
            "Choose a new password for Souk",
            "Welcome to Souk",
            "Your password was changed",
            "Your email address was changed",
            "Kettle <b> now costs €15.00",
            "Kettle <b> is back in stock",
        ]
    );
    let dropped = &mails[5];
    assert_eq!(
        dropped.text,
        "The price dropped

Kettle <b> costs €15.00 now. It was €20.00.

View it: https://shop.example/products/7

Kettle <b>: €15.00 (was €20.00)

Souk
https://shop.example
Sent because you watch this price.
Don't want such mails? https://shop.example/unsubscribe/price_drops.\
         05050505-0505-0505-0505-050505050505.abababababababababababababababab
"
    );
    assert_eq!((dropped.user.is_some(), dropped.number), (true, 3));
    let verify = &mails[0];
    assert!(verify.text.contains("Ada, please confirm that this address is yours."));
    assert!(verify.text.contains(": https://shop.example/account/verify?token=0123\n"));
    for mail in &mails[..5] {
        assert!(!mail.text.contains("unsubscribe"), "it is always told: {}", mail.text);
    }
}

#[test]
fn nobody_is_told_at_an_address_that_is_none() {
    let mut notice = Notice {
        about: Aggregate(order().id.uuid()),
        number: 1,
        to: Recipient {
            user: souk_kernel::UserId::from_bytes([5; 16]),
            email: "ada@example.com\r\nBcc: c@d".into(),
            name: String::new(),
        },
        news: News::Welcome,
    };
    assert_eq!(on_notice(&notice, None, &shop(), id(), AT), None);
    notice.to.email = "ada@example.com".into();
    let mail = on_notice(&notice, None, &shop(), id(), AT).unwrap();
    assert!(mail.text.contains("\n\nYour account is ready."), "{}", mail.text);
}

proptest! {
    /// Nothing that sellers or shoppers write becomes markup, or a line of its own.
    #[test]
    fn words_stay_words(evil in "[<>&\"'a-z\n\r/=]{0,24}", which in 0_usize..4) {
        let mut order = order();
        let evil = format!("<script>{evil}</script><img src=x>");
        match which {
            0 => order.lines[0].title = evil.clone(),
            1 => order.number = evil.clone(),
            2 => order.address = Some(Address { name: evil.clone(), lines: vec![evil.clone()] }),
            _ => order.lines[1].title = format!("\nTotal: €0.00\n{evil}"),
        }
        let mail = on_event(&event("order.confirmed", "{}"), &order, &shop(), id(), AT).unwrap();
        is_sound(&mail.html);
        let lines = mail.text.lines().count();
        let usual = 24 - usize::from(which == 2);
        prop_assert_eq!(lines, usual, "{}", mail.text);
        prop_assert!(!mail.subject.contains(['\n', '\r']));
    }
}
