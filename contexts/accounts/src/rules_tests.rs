//! Table and property tests of the rules.

use super::*;
use crate::AddressDraft;
use proptest::prelude::*;
use souk_kernel::{Clock, DAY_MS, ManualClock, Mint, SeededEntropy};
use std::sync::Arc;

#[test]
fn email_syntax() {
    for (typed, kept) in [
        ("ada@example.com", "ada@example.com"),
        ("  Ada.Lovelace+souk@Mail.Example.COM ", "ada.lovelace+souk@mail.example.com"),
        ("o'hara@xn--bcher-kva.example", "o'hara@xn--bcher-kva.example"),
    ] {
        assert_eq!(check_email(typed), Ok(kept.to_owned()), "{typed}");
    }
    let long = format!("{}@example.com", "a".repeat(65));
    let longer = format!("a@{}.com", "b.".repeat(130));
    for bad in [
        "",
        " ",
        "ada",
        "@example.com",
        "ada@",
        "ada@example",
        "a b@example.com",
        "ada@-x.com",
        "ada@x-.com",
        "ada@exa mple.com",
        ".ada@example.com",
        "ada.@example.com",
        "a..b@example.com",
        "a@b@example.com",
        "ada@example..com",
        "ada@example.com\nBcc: x@y.z",
        "ädä@example.com",
        &long,
        &longer,
    ] {
        assert!(check_email(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn password_length_counts_characters() {
    assert!(check_password("1234567").is_err());
    assert!(check_password("12345678").is_ok());
    assert!(check_password("pässwörd").is_ok());
    assert!(check_password(&"x".repeat(200)).is_ok());
    assert!(check_password(&"x".repeat(201)).is_err());
}

fn draft() -> AddressDraft {
    AddressDraft {
        name: "Ada Lovelace".into(),
        line1: "12 St James's Square".into(),
        city: "London".into(),
        postal_code: "SW1Y 4JH".into(),
        country: "gb".into(),
        ..AddressDraft::default()
    }
}

#[test]
fn a_good_address_is_trimmed_and_normalised() {
    let typed = AddressDraft {
        name: "  Ada Lovelace ".into(),
        line2: Some("   ".into()),
        email: Some(" Ada@Example.com".into()),
        ..draft()
    };
    let address = typed.check().unwrap();
    assert_eq!(address.name, "Ada Lovelace");
    assert_eq!(address.line2, None);
    assert_eq!(address.country.code(), "GB");
    assert_eq!(address.email.unwrap().as_str(), "ada@example.com");
}

#[test]
fn what_nobody_sees_is_no_name_and_no_town() {
    assert_eq!(check_name("\u{200b}\u{2060}"), Err("missing"));
    assert_eq!(check_name("\u{202e}Ada\u{feff} \u{200b}"), Ok("Ada".into()));
    assert_eq!(check_name("می\u{200c}خواهم"), Ok("می\u{200c}خواهم".into()), "it spells the name");
    let typed = AddressDraft { city: "\u{200b}".into(), ..draft() };
    let faults = typed.check().unwrap_err();
    assert_eq!((faults.len(), faults[0].field, faults[0].reason), (1, "city", "missing"));
    let typed = AddressDraft { line2: Some("\u{3164}".into()), ..draft() };
    assert_eq!(typed.check().unwrap().line2, None);
}

#[test]
fn every_fault_of_an_address_is_named_at_once() {
    let typed = AddressDraft {
        name: String::new(),
        line1: "x".repeat(201),
        line2: Some("a\nb".into()),
        city: " ".into(),
        postal_code: "123456789012345678901".into(),
        region: Some("r".repeat(101)),
        country: "XX".into(),
        email: Some("nobody".into()),
    };
    let faults = typed.check().unwrap_err();
    let fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
    assert_eq!(
        fields,
        ["name", "line1", "line2", "city", "postal_code", "region", "country", "email"]
    );
}

#[test]
fn a_postal_code_is_asked_only_where_there_are_some() {
    let without = |country: &str| AddressDraft {
        postal_code: String::new(),
        country: country.into(),
        ..draft()
    };
    assert_eq!(without("HK").check().unwrap().postal_code, "");
    assert_eq!(without("DE").check().unwrap_err()[0].field, "postal_code");
}

#[test]
fn an_address_keeps_its_wire_form() {
    // What is stored today must be read tomorrow: this text is the contract.
    let stored = r#"{"name":"A","line1":"1","city":"B","postal_code":"C","country":"DE"}"#;
    let address: crate::Address = serde_json_lite(stored);
    assert_eq!(address.country.code(), "DE");
    assert_eq!(address.line2, None);
}

/// Reads the flat object above without a JSON crate.
fn serde_json_lite(text: &str) -> crate::Address {
    use serde::Deserialize;
    use serde::de::value::{Error, MapDeserializer};
    let fields = text.trim_matches(['{', '}']).split(',').map(|field| {
        let (name, value) = field.split_once(':').unwrap();
        (name.trim_matches('"').to_owned(), value.trim_matches('"').to_owned())
    });
    crate::Address::deserialize(MapDeserializer::<_, Error>::new(fields)).unwrap()
}

fn session(kind: Kind, expires: Timestamp) -> Session {
    let clock = Arc::new(ManualClock::at(Timestamp(1)));
    let mint = Mint::new(clock, Arc::new(SeededEntropy::new(1)));
    let created = Timestamp(0);
    Session {
        id: mint.mint_anywhere(),
        user: mint.mint_anywhere(),
        kind,
        created,
        expires,
        device: None,
    }
}

#[test]
fn a_session_ends_at_its_expiry_and_not_before() {
    let session = session(Kind::Guest, Timestamp(1_000));
    assert!(is_live(&session, Timestamp(999)));
    assert!(!is_live(&session, Timestamp(1_000)));
}

#[test]
fn a_used_session_is_renewed_once_a_day() {
    let settings = Settings::default();
    let clock = ManualClock::at(Timestamp(1_790_000_000_000));
    for (kind, days) in [(Kind::Guest, 7), (Kind::Customer, 30)] {
        let opened = clock.now();
        let session = session(kind, opened.plus_ms(days * DAY_MS));
        assert_eq!(renewal(&session, opened, &settings), None);
        assert_eq!(renewal(&session, opened.plus_ms(DAY_MS - 1), &settings), None);
        let later = opened.plus_ms(DAY_MS);
        assert_eq!(renewal(&session, later, &settings), Some(later.plus_ms(days * DAY_MS)));
        assert_eq!(renewal(&session, session.expires, &settings), None, "dead stays dead");
    }
}

proptest! {
    #[test]
    fn a_kept_email_is_kept_again_unchanged(text in "[A-Za-z0-9._+-]{1,20}@[a-z]{1,9}\\.[a-z]{2,4}") {
        if let Ok(kept) = check_email(&text) {
            prop_assert_eq!(check_email(&kept), Ok(kept.clone()));
        }
    }

    #[test]
    fn no_text_breaks_the_rules(text in any::<String>()) {
        let _ = check_email(&text);
        let _ = check_password(&text);
        if let Ok(kept) = required(&text, 50) {
            prop_assert!(!kept.is_empty() && kept.chars().count() <= 50);
            prop_assert!(!kept.chars().any(char::is_control));
        }
    }
}
