//! Tests of [`super`]: fact.

use super::*;

fn authorization() -> Authorization<'static> {
    Authorization {
        gateway_ref: GatewayRef { index: 3, salt: 0xabcd },
        reference: "order_1",
        keyed: Keyed { key: "key 1", request: 0x0f },
        verdict: Verdict::Authorized,
        asked: Money::new(1_299, Currency::Eur),
        granted: Money::new(1_299, Currency::Eur),
        capture: false,
        method: Method::Card,
        statement: "",
        behaviour: Behaviour::Approve,
        token: None,
        return_url: "",
    }
}

fn facts() -> Vec<Fact<'static>> {
    let gateway_ref = GatewayRef { index: 3, salt: 0xabcd };
    let keyed = Keyed { key: "key 2", request: u64::MAX };
    let altered = Authorization {
        granted: Money::new(1_299, Currency::Usd),
        capture: true,
        behaviour: Behaviour::OtherCurrency,
        token: Some("tok_1"),
        ..authorization()
    };
    let action = Authorization {
        verdict: Verdict::RequiresAction,
        behaviour: Behaviour::ThreeDs,
        return_url: "http://localhost:8080/back?a=1&b=2",
        ..authorization()
    };
    let verdict = Verdict::Declined(DeclineReason::TokenUsed);
    let expires = Timestamp(9);
    let (token, behaviour) = ("tok_2", Behaviour::WebhookTwice);
    vec![
        Fact::Authorize(authorization()),
        Fact::Authorize(altered),
        Fact::Authorize(action),
        Fact::Authorize(Authorization { verdict, ..authorization() }),
        Fact::Capture { gateway_ref, keyed, amount: 5 },
        Fact::Refund { gateway_ref, keyed, amount: 6 },
        Fact::Void { gateway_ref, keyed, reference: None },
        Fact::Void { gateway_ref, keyed, reference: Some("order_2") },
        Fact::Refused { of: Operation::Refund, keyed, reason: Refused::AmountTooLarge },
        Fact::Action { gateway_ref, approved: true },
        Fact::Action { gateway_ref, approved: false },
        Fact::Forget { token },
        Fact::Transfer { gateway_ref, amount: 5 },
        Fact::Return { gateway_ref, keyed, amount: 5 },
        Fact::Token { token, behaviour, expires, card: None, save: false },
        Fact::Token {
            token,
            behaviour,
            expires,
            card: Some(("visa", "4242", "2034-12")),
            save: true,
        },
    ]
}

#[test]
fn every_fact_is_read_back_as_written() {
    for (i, fact) in facts().into_iter().enumerate() {
        let line = Line { number: i as u64 + 1, synced: i as u64, at: Timestamp(77), fact };
        let mut bytes = Vec::new();
        line.write(&mut bytes);
        let text = bytes.strip_suffix(b"\n").unwrap();
        assert!(whole(text));
        assert_eq!(Line::read(text), Ok(line));
    }
}

#[test]
fn any_changed_byte_is_noticed() {
    let line = Line { number: 1, synced: 0, at: Timestamp(77), fact: facts()[1] };
    let mut bytes = Vec::new();
    line.write(&mut bytes);
    bytes.pop();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x04;
        assert!(!whole(&damaged), "byte {at}");
        assert!(!whole(&bytes[..at]), "cut at {at}");
    }
}

#[test]
fn a_text_that_is_not_plain_never_breaks_a_line() {
    assert!(plain("order_1 ~!"));
    assert!(!plain("a\"b") && !plain("a\\b") && !plain("a\nb") && !plain("ü"));
    let fact = Fact::Token {
        token: "a\"b\\c\nd",
        behaviour: Behaviour::Approve,
        expires: Timestamp(0),
        card: None,
        save: false,
    };
    let mut bytes = Vec::new();
    Line { number: 1, synced: 0, at: Timestamp(0), fact }.write(&mut bytes);
    assert_eq!(bytes.iter().filter(|b| **b == b'\n').count(), 1);
    assert!(Line::read(bytes.strip_suffix(b"\n").unwrap()).is_ok());
}
