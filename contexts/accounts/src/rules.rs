//! Pure decisions: what an email address, a password and a name may be; when a session counts.

mod book;
mod device;

pub use book::changed;
pub use device::device;

use crate::{FieldFault, Kind, Session, Settings};
use souk_kernel::Timestamp;
use souk_kernel::text::{legible, seen};

/// Fewest characters of a password.
const PASSWORD_MIN: usize = 8;
/// Most characters of a password: longer ones only cost hashing time.
pub const PASSWORD_MAX: usize = 200;
/// Most characters of a customer's name.
const NAME_MAX: usize = 100;
/// Most characters of what somebody calls an address.
pub const LABEL_MAX: usize = 40;

/// Checks an address by the syntax that HTML forms use, plus the length limits of RFC 5321 and at
/// least two labels in the domain. Returns it without surrounding blanks, in lower case.
pub fn check_email(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("missing");
    }
    if text.len() > 254 {
        return Err("longer than 254 characters");
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err("not an email address");
    };
    let special = |byte: u8| b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let local_ok = (1..=64).contains(&local.len())
        && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || special(byte))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !local_ok || !domain.contains('.') || !domain.split('.').all(label_ok) {
        return Err("not an email address");
    }
    Ok(text.to_ascii_lowercase())
}

/// Length is the policy: composition rules make passwords worse (NIST SP 800-63B).
pub fn check_password(text: &str) -> Result<(), &'static str> {
    match text.chars().count() {
        0 => Err("missing"),
        count if count < PASSWORD_MIN => Err("shorter than 8 characters"),
        count if count > PASSWORD_MAX => Err("longer than 200 characters"),
        _ => Ok(()),
    }
}

/// A customer's name.
pub fn check_name(text: &str) -> Result<String, &'static str> {
    required(text, NAME_MAX)
}

/// A field that must hold something.
pub fn required(text: &str, most: usize) -> Result<String, &'static str> {
    let text = optional(Some(text), most)?;
    if seen(&text) == 0 { Err("missing") } else { Ok(text) }
}

/// A field that may be empty: trimmed, bounded, without control characters, and without what nobody
/// sees. An address label is one line, and a line break in it would forge a mail header.
pub fn optional(text: Option<&str>, most: usize) -> Result<String, &'static str> {
    let text = text.unwrap_or_default().trim();
    if text.chars().any(char::is_control) {
        return Err("holds a control character");
    }
    // Counting bytes first spares counting the characters of a megabyte.
    if text.len() > 4 * most {
        return Err("too long");
    }
    let text = legible(text).trim().to_owned();
    if text.chars().count() > most { Err("too long") } else { Ok(text) }
}

/// How long a session of this kind lives after its last use.
pub const fn lifetime_ms(kind: Kind, settings: &Settings) -> i64 {
    match kind {
        Kind::Guest => settings.guest_ttl_ms,
        Kind::Customer => settings.customer_ttl_ms,
    }
}

/// Whether a session still counts. At the very millisecond of its expiry it doesn't.
pub fn is_live(session: &Session, now: Timestamp) -> bool {
    now < session.expires
}

/// The expiry to write when a session is used at `now`; none while the written one is recent enough,
/// so that a busy session costs one write per `renew_after_ms`.
pub fn renewal(session: &Session, now: Timestamp, settings: &Settings) -> Option<Timestamp> {
    let renewed = now.plus_ms(lifetime_ms(session.kind, settings));
    let gain = renewed.since(session.expires);
    (is_live(session, now) && gain >= settings.renew_after_ms).then_some(renewed)
}

/// Collects the faults of a form.
pub fn note<T>(
    faults: &mut Vec<FieldFault>,
    field: &'static str,
    checked: Result<T, &'static str>,
) -> Option<T> {
    checked.map_err(|reason| faults.push(FieldFault { field, reason })).ok()
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
