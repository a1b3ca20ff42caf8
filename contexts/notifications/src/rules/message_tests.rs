//! A mail as it travels, read back by another library's rules.

use super::message;
use crate::model::{Mail, MailKind, Message, Shop, Topic, Unsubscribe};
use crate::rules::tests::{id, mail, shop};
use mail_parser::MessageParser;
use proptest::prelude::*;
use souk_kernel::UserId;

fn header<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    message.headers.iter().find(|one| one.name == name).map(|one| one.value.as_str())
}

fn link() -> Unsubscribe {
    let user = UserId::from_bytes([7; 16]);
    Unsubscribe { user, topic: Topic::BackInStock, key: [0xA5; 16] }
}

/// Names of the headers as they lie in the file, up to the first empty line.
fn written(message: &Message) -> Vec<String> {
    let whole = std::str::from_utf8(&message.whole).expect("ASCII");
    let (head, _) = whole.split_once("\r\n\r\n").expect("headers end");
    let begins = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    begins.map(|line| line.split_once(':').expect("a header").0.to_owned()).collect()
}

#[test]
fn the_headers_of_a_confirmation() {
    let mail = mail("order.confirmed", "{}");
    let message = message(&mail, None, &shop()).expect("a message");
    let all: Vec<(&str, &str)> =
        message.headers.iter().map(|one| (one.name, one.value.as_str())).collect();
    let message_id = format!("<{}@shop.example>", id());
    assert_eq!(
        all,
        [
            ("From", "Souk <shop@shop.example>"),
            ("To", "anna@example.com"),
            ("Subject", "Order 7KQ2-M9XD is confirmed"),
            ("Date", "Mon, 21 Sep 2026 14:13:20 +0000"),
            ("Message-ID", message_id.as_str()),
            ("Auto-Submitted", "auto-generated"),
        ]
    );
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    assert_eq!(written(&message)[..6], names, "the file says the same");
    let again = super::message(&mail, None, &shop());
    assert_eq!(again.as_ref(), Some(&message), "the same each time");
}

#[test]
fn what_may_be_declined_says_so_and_nothing_else_does() {
    let told = Mail { kind: MailKind::BackInStock, ..mail("order.confirmed", "{}") };
    let told = message(&told, Some(link()), &shop()).expect("a message");
    let url = format!("<https://shop.example/unsubscribe/{}>", link().token());
    assert_eq!(header(&told, "List-Unsubscribe"), Some(url.as_str()));
    assert_eq!(header(&told, "List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    let parsed = MessageParser::new().parse(&told.whole).expect("it parses");
    assert!(parsed.header_raw("List-Unsubscribe").is_some_and(|raw| raw.trim() == url));
    let needed = message(&mail("order.confirmed", "{}"), None, &shop()).expect("a message");
    assert!(!written(&needed).iter().any(|name| name.starts_with("List-")));
}

#[test]
fn an_erased_mail_is_no_message() {
    let empty = String::new;
    let erased = Mail {
        to: empty(),
        subject: empty(),
        text: empty(),
        html: empty(),
        ..mail("order.confirmed", "{}")
    };
    assert_eq!(message(&erased, None, &shop()), None);
}

/// What a mail program reads is what was written.
fn reads_back(mail: &Mail, shop: &Shop) -> Message {
    let message = message(mail, Some(link()), shop).expect("a message");
    let whole = &message.whole;
    assert!(whole.is_ascii());
    // RFC 5322: lines end in CRLF and have at most 998 octets.
    for line in whole.split(|byte| *byte == b'\n') {
        assert!(line.len() <= 999 && line.iter().filter(|byte| **byte == b'\r').count() <= 1);
    }
    let parsed = MessageParser::new().parse(whole).expect("it parses");
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    assert_eq!(parsed.subject().unwrap_or_default().trim(), mail.subject.trim());
    assert_eq!(lines(&parsed.body_text(0).expect("text")), lines(&mail.text));
    assert_eq!(lines(&parsed.body_html(0).expect("HTML")), lines(&mail.html));
    let kinds: Vec<String> = parsed.parts.iter().filter_map(part_kind).collect();
    assert_eq!(kinds, ["multipart/alternative", "text/plain", "text/html"]);
    let to = parsed.to().and_then(|to| to.first()).and_then(|to| to.address());
    assert_eq!(to, Some(mail.to.as_str()));
    message
}

fn part_kind(part: &mail_parser::MessagePart<'_>) -> Option<String> {
    use mail_parser::MimeHeaders;
    let kind = part.content_type()?;
    Some(format!("{}/{}", kind.c_type, kind.c_subtype.as_deref()?))
}

#[test]
fn long_lines_and_other_alphabets_arrive() {
    let long = "Überlänge ".repeat(300);
    let mail = Mail {
        subject: format!("{} ist wieder da – «{}» 🎧", "Kopfhörer".repeat(20), "x".repeat(100)),
        text: format!("{long}\n.\nFrom here on\n日本語\n"),
        html: format!("<!doctype html><html><p>{long}</p></html>\n"),
        ..mail("order.confirmed", "{}")
    };
    let shop = Shop { name: String::from("Zoë's \"Souk\", Ltd."), ..shop() };
    let message = reads_back(&mail, &shop);
    let parsed = MessageParser::new().parse(&message.whole).expect("it parses");
    let from = parsed.from().and_then(|from| from.first()).expect("somebody");
    assert_eq!(from.name(), Some("Zoë's \"Souk\", Ltd."));
    assert_eq!(from.address(), Some("shop@shop.example"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_that_somebody_wrote_adds_a_header(
        title in "(\r|\n|\r\n|\t| |Bcc: eve@example.com|[a-zß\u{0}-\u{1f}🎧=?_-]){0,24}",
        name in "(\r\n|\n|Subject: won|[a-zA-Z<>\",@ ]){1,12}",
    ) {
        let mail = Mail { subject: title, ..mail("order.confirmed", "{}") };
        let shop = Shop { name: name.clone(), ..shop() };
        let message = message(&mail, None, &shop).expect("a message");
        let expected = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"];
        let mut names = written(&message);
        names.retain(|name| !["MIME-Version", "Content-Type"].contains(&name.as_str()));
        prop_assert_eq!(names, expected);
        for one in &message.headers {
            prop_assert!(!one.value.contains(char::is_control), "{:?}", one);
        }
    }

    #[test]
    fn any_words_arrive(text in "(\\PC{0,40}\n){0,6}", subject in "[^\\p{C}\\s]{0,80}") {
        let html = format!("<p>{}</p>\n", text.replace('<', ""));
        let mail = Mail { subject, text, html, ..mail("order.confirmed", "{}") };
        reads_back(&mail, &shop());
    }
}
