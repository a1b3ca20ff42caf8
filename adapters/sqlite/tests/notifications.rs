//! The mailbox port's contract, on SQLite.

mod common;

use common::Folder;
use souk_kernel::{Aggregate, Id, MailId, Timestamp, noun};
use souk_notifications::{Mail, MailKind, Mailbox, Page};

#[tokio::test]
async fn keeps_the_contract() {
    let cases = souk_notifications::contract::cases();
    assert!(cases.len() >= 7);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new();
        (case.run)(folder.open()).await;
    }
    for case in souk_notifications::contract::preferences::cases() {
        println!("{}", case.name);
        let folder = Folder::new();
        (case.run)(folder.open()).await;
    }
}

/// More mails than one job takes, one of them twice and far apart.
#[tokio::test]
async fn a_long_post_is_answered_in_order() {
    let folder = Folder::new();
    let store = folder.open();
    let mail = |n: u64| Mail {
        id: MailId::from_bytes(u128::from(n + 1).rotate_left(80).to_be_bytes()),
        kind: MailKind::OrderConfirmed,
        about: Aggregate(Id::<noun::Order>::from_bytes([7; 16]).uuid()),
        number: n % 199,
        user: None,
        to: String::from("anna@example.com"),
        subject: String::from("s"),
        text: String::from("t"),
        html: String::from("h"),
        created_at: Timestamp(1),
        sent_at: None,
    };
    let answers = store.post((0..200).map(mail).collect()).await;
    let old: Vec<usize> = (0..200).filter(|&at| answers[at] != Ok(true)).collect();
    assert_eq!((old, &answers[199]), (vec![199], &Ok(false)));
    let page = Page { before: None, about: None, user: None, limit: 500 };
    assert_eq!(store.list(page).await.map(|mails| mails.len()), Ok(199));
}
