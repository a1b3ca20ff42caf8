//! The consumer over a small mailbox.

use super::*;
use crate::{Envelope, Mail, News, Page, Recipient, Topic, Unsubscribe, Ware};
use async_trait::async_trait;
use souk_kernel::{
    Aggregate, Currency, MailId, ManualClock, Money, SeededEntropy, Timestamp, UserId, noun,
};
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

#[derive(Default)]
struct Box0(Mutex<Vec<Mail>>);

#[async_trait]
impl Mailbox for Box0 {
    async fn post(&self, mails: Vec<Mail>) -> Answers<bool, PortError> {
        let mut kept = self.0.lock().unwrap();
        let mut post = |mail: Mail| {
            if mail.subject.contains("POISON") {
                return Err(PortError::Corrupt("poison".into()));
            }
            let key = |mail: &Mail| (mail.kind, mail.about, mail.number, mail.user);
            let new = !kept.iter().any(|other| key(other) == key(&mail));
            if new {
                kept.push(mail);
            }
            Ok(new)
        };
        mails.into_iter().map(&mut post).collect()
    }

    async fn list(&self, _: Page) -> Result<Vec<Envelope>, PortError> {
        Ok(self.0.lock().unwrap().iter().map(Mail::envelope).collect())
    }

    async fn get(&self, _: MailId) -> Result<Option<Mail>, PortError> {
        Ok(None)
    }

    async fn erase(&self, _: UserId, _: &[OrderId]) -> Result<(), PortError> {
        Ok(())
    }
}

/// What users declined; the one of byte 255 can't be asked about.
#[derive(Default)]
struct Wishes(Mutex<BTreeSet<(UserId, Topic)>>);

#[async_trait]
impl Preferences for Wishes {
    async fn declined(&self, user: UserId) -> Result<BTreeSet<Topic>, PortError> {
        if user.bytes()[0] == 255 {
            return Err(PortError::Unavailable("asleep".into()));
        }
        let all = self.0.lock().unwrap();
        Ok(all.iter().filter(|(whose, _)| *whose == user).map(|(_, topic)| *topic).collect())
    }

    async fn decline(&self, user: UserId, topic: Topic, _: bool) -> Result<(), PortError> {
        self.0.lock().unwrap().insert((user, topic));
        Ok(())
    }

    async fn secret(&self, user: UserId, _: [u8; 16]) -> Result<[u8; 16], PortError> {
        Ok(*user.bytes())
    }

    async fn given_secret(&self, user: UserId) -> Result<Option<[u8; 16]>, PortError> {
        Ok(Some(*user.bytes()))
    }

    async fn unsubscribe(&self, _: Unsubscribe) -> Result<bool, PortError> {
        Ok(false)
    }

    async fn forget(&self, _: UserId) -> Result<(), PortError> {
        Ok(())
    }
}

/// Orders by their first byte: 0 doesn't exist, 1 poisons the mailbox, 255 means that nobody works.
struct Book;

#[async_trait]
impl OrderFacts for Book {
    async fn details(&self, orders: &[OrderId]) -> Result<Vec<Option<OrderDetails>>, PortError> {
        if orders.iter().any(|order| order.bytes()[0] == 255) {
            return Err(PortError::Unavailable("asleep".into()));
        }
        Ok(orders.iter().map(|order| details(*order)).collect())
    }
}

fn details(id: OrderId) -> Option<OrderDetails> {
    let sum = Money::new(100, Currency::Eur);
    let number = match id.bytes()[0] {
        0 => return None,
        1 => "POISON",
        _ => "FINE",
    };
    Some(OrderDetails {
        id,
        number: String::from(number),
        path: format!("/orders/{number}"),
        email: Some(String::from("anna@example.com")),
        address: None,
        lines: Vec::new(),
        items: sum,
        shipping: sum,
        tax: sum,
        tax_inclusive: true,
        total: sum,
        delivery: String::new(),
    })
}

fn event(order: u8, number: u64, kind: &str) -> Event {
    let id = souk_kernel::Id::<noun::Order>::from_bytes([order; 16]);
    let (kind, body) = (String::from(kind), String::from("{}"));
    Event { aggregate: Aggregate(id.uuid()), number, kind, body, at: Timestamp(0) }
}

fn notifier() -> (Arc<Box0>, Notifier) {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let mint = Mint::new(Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(SeededEntropy::new(1)));
    let mailbox = Arc::new(Box0::default());
    let shop = Shop::new(String::from("Souk"), String::from("http://shop.example"));
    let notifier = Notifier::new(NotifierParts {
        mailbox: Arc::clone(&mailbox) as _,
        preferences: Arc::new(Wishes::default()),
        orders: Arc::new(Book),
        mint,
        clock,
        entropy: Arc::new(SeededEntropy::new(2)),
        shop,
    });
    (mailbox, notifier)
}

fn notice(user: u8, news: News) -> Notice {
    let user = UserId::from_bytes([user; 16]);
    let to = Recipient { user, email: "anna@example.com".into(), name: String::new() };
    Notice { about: Aggregate(UserId::from_bytes([3; 16]).uuid()), number: 9, to, news }
}

#[test]
fn what_somebody_declined_is_not_told_and_what_an_account_needs_is() {
    let (mailbox, notifier) = notifier();
    let ware = Ware { title: "Kettle".into(), path: "/products/7".into() };
    let price = Money::new(100, Currency::Eur);
    let back = || News::BackInStock { ware: ware.clone(), price };
    let dropped = || News::PriceDropped { ware: ware.clone(), from: price, to: price };
    now(notifier.preferences.decline(UserId::from_bytes([1; 16]), Topic::BackInStock, true))
        .unwrap();
    let notices = [
        notice(1, back()),
        notice(1, dropped()),
        notice(2, back()),
        notice(255, back()),
        notice(255, News::Welcome),
    ];
    let first: Vec<_> = now(notifier.notify(&notices)).into_iter().map(Result::ok).collect();
    let told = Some(Told::Now);
    assert_eq!(first, [Some(Told::Not), told, told, None, told]);
    let again: Vec<_> = now(notifier.notify(&notices)).into_iter().map(Result::ok).collect();
    let before = Some(Told::Before);
    assert_eq!(again, [Some(Told::Not), before, before, None, before]);
    let posted = mailbox.0.lock().unwrap();
    assert_eq!(posted.len(), 3);
    let link =
        Unsubscribe { user: posted[1].user.unwrap(), topic: Topic::BackInStock, key: [2; 16] };
    assert!(posted[1].text.contains(&link.token()), "{}", posted[1].text);
}

/// Nothing here ever waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("waits for something"),
    }
}

#[test]
fn a_repeated_fact_is_told_once() {
    let (mailbox, notifier) = notifier();
    let events = [event(7, 2, "order.confirmed"), event(7, 1, "order.created")];
    for _ in 0..3 {
        assert_eq!(now(notifier.tell(&events)), [Ok(()), Ok(())]);
    }
    assert_eq!(mailbox.0.lock().unwrap().len(), 1);
}

#[test]
fn a_failing_fact_leaves_the_others() {
    let (mailbox, notifier) = notifier();
    let kind = "order.confirmed";
    let events = [event(7, 2, kind), event(1, 2, kind), event(0, 2, kind), event(8, 2, kind)];
    let answers = now(notifier.tell(&events));
    let told: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(told, [true, false, false, true]);
    assert_eq!(mailbox.0.lock().unwrap().len(), 2);
}

#[test]
fn facts_that_are_not_mailed_ask_nobody() {
    let (_, notifier) = notifier();
    assert_eq!(now(notifier.tell(&[event(255, 1, "order.created")])), [Ok(())]);
    let asleep = now(notifier.tell(&[event(255, 1, "order.confirmed")]));
    assert!(matches!(asleep[0], Err(PortError::Unavailable(_))));
}
