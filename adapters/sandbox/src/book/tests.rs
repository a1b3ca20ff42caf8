//! Tests of [`super`]: book.

use super::*;
use crate::error::Refused;
use crate::fact::Keyed;
use crate::keys::KEY_LIFE_MS;

#[test]
fn rows_are_as_small_as_promised() {
    assert!(size_of::<Entry>() <= 64, "{}", size_of::<Entry>());
}

#[test]
fn keys_are_forgotten_after_a_day_and_can_come_back() {
    let mut book = Book::sized(0);
    let refuse = |key| Fact::Refused {
        of: crate::fact::Operation::Refund,
        keyed: Keyed { key, request: 1 },
        reason: Refused::WrongState,
    };
    book.apply(&refuse("a"), Timestamp(0)).unwrap();
    book.apply(&refuse("b"), Timestamp(1_000)).unwrap();
    assert!(book.seen("a", Timestamp(KEY_LIFE_MS - 1)).is_some());
    assert!(book.seen("a", Timestamp(KEY_LIFE_MS)).is_none());
    book.apply(&refuse("a"), Timestamp(KEY_LIFE_MS)).unwrap();
    assert!(book.seen("a", Timestamp(KEY_LIFE_MS + 5)).is_some());
    assert_eq!(book.keys(), 2);
    book.apply(&refuse("c"), Timestamp(3 * KEY_LIFE_MS)).unwrap();
    assert_eq!(book.keys(), 1);
    assert!(book.seen("c", Timestamp(3 * KEY_LIFE_MS)).is_some());
}

#[test]
fn tokens_are_forgotten_an_hour_after_they_expired() {
    let mut book = Book::sized(0);
    let mut give = |token, at: i64| {
        let expires = Timestamp(at + TOKEN_LIFE_MS);
        let behaviour = Behaviour::Approve;
        let fact = Fact::Token { token, behaviour, expires, card: None, save: false };
        book.apply(&fact, Timestamp(at)).unwrap();
        (book.token("tok_a").is_some(), book.tokens.len())
    };
    assert_eq!(give("tok_a", 0), (true, 1));
    assert_eq!(give("tok_b", 2 * TOKEN_LIFE_MS - 1), (true, 2));
    assert_eq!(give("tok_c", 2 * TOKEN_LIFE_MS), (false, 2));
}

#[test]
fn a_fact_about_nothing_is_refused() {
    let mut book = Book::sized(0);
    let gateway_ref = GatewayRef { index: 0, salt: 1 };
    let keyed = Keyed { key: "k", request: 0 };
    let fact = Fact::Capture { gateway_ref, keyed, amount: 1 };
    assert!(book.apply(&fact, Timestamp(0)).is_err());
    let ahead = GatewayRef { index: 1, salt: 1 };
    let fact = Fact::Void { gateway_ref: ahead, keyed, reference: Some("r") };
    assert!(book.apply(&fact, Timestamp(0)).is_err());
}
