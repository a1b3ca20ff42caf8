//! A mail as it travels: its headers, and the whole message (RFC 5322 and MIME).
//!
//! Nothing of it is kept: it is made from the mail whenever somebody asks for it, the same each time.

use crate::model::{Header, Mail, Message, Shop, Unsubscribe};
use crate::text::one_line;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::MimePart;

/// The message of a mail; `None` once its person is erased: it has no words and no recipient any more.
/// `unsubscribe` goes with what may be declined, and with nothing else.
#[must_use]
pub fn message(mail: &Mail, unsubscribe: Option<Unsubscribe>, shop: &Shop) -> Option<Message> {
    if mail.envelope().is_erased() {
        return None;
    }
    let (headers, wire) = headers(mail, unsubscribe, shop).into_iter().unzip();
    Some(Message { headers, whole: whole(mail, wire) })
}

/// A header as it reads, and as it is written.
type Both = (Header, (&'static str, HeaderType<'static>));

fn headers(mail: &Mail, unsubscribe: Option<Unsubscribe>, shop: &Shop) -> Vec<Both> {
    // What somebody else wrote stays on its line: it can't begin a header.
    let [name, from, to, subject] =
        [&shop.name, &shop.email, &mail.to, &mail.subject].map(|text| one_line(text).into_owned());
    let date = Date::new(mail.created_at.0.div_euclid(1_000));
    let both =
        |name, value: String, wire: HeaderType<'static>| (Header { name, value }, (name, wire));
    let raw = |name, value: String| {
        let value = one_line(&value).into_owned();
        both(name, value.clone(), Raw::new(value).into())
    };
    let written = Address::new_address(Some(name.clone()), from.clone());
    let mut all = vec![
        both("From", format!("{name} <{from}>"), written.into()),
        both("To", to.clone(), Address::new_address(None::<String>, to).into()),
        both("Subject", subject.clone(), Text::new(subject).into()),
        both("Date", date.to_rfc822(), date.into()),
        raw("Message-ID", format!("<{}@{}>", mail.id, shop.domain())),
        // Out-of-office assistants answer people, not shops (RFC 3834).
        raw("Auto-Submitted", "auto-generated".into()),
    ];
    if let Some(link) = unsubscribe {
        // One press in the mail program, without a page (RFC 8058).
        all.push(raw("List-Unsubscribe", format!("<{}>", shop.unsubscribe_url(&link))));
        all.push(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()));
    }
    all
}

fn whole(mail: &Mail, headers: Vec<(&'static str, HeaderType<'static>)>) -> Vec<u8> {
    // Named by the mail and not by the time: the same mail is the same bytes.
    let boundary = format!("souk-{}", mail.id);
    let kind = ContentType::new("multipart/alternative").attribute("boundary", boundary);
    let part = |kind: &'static str, words: &str| MimePart::new(kind, words.to_owned());
    let parts = vec![part("text/plain", &mail.text), part("text/html", &mail.html)];
    let mut out = Vec::with_capacity(2 * (mail.text.len() + mail.html.len()));
    headers
        .into_iter()
        .fold(mail_builder::MessageBuilder::new(), |built, (name, value)| built.header(name, value))
        .body(MimePart::new(kind, parts))
        .serialize(&mut out);
    out
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
