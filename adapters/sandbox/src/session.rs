//! A card sheet's session: what it shows, sealed into its address.
//!
//! The gateway keeps nothing of a sheet that nobody finishes, and a restart loses none.

use crate::error::GatewayError;
use crate::model::SheetRequest;
use crate::rules::LONGEST_NAME;
use crate::webhook::{hex, keyed, unhex};
use hmac::Mac;
use serde::{Deserialize, Serialize};
use souk_kernel::{HOUR_MS, Money, Timestamp};

const LIFE_MS: i64 = HOUR_MS;
const LONGEST_MERCHANT: usize = 100;

/// An open sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What is to be paid, as shown.
    pub amount: Money,
    /// Where it leads back to.
    pub return_url: String,
    /// Who is paid, as shown.
    pub merchant: String,
    /// What is paid, as shown.
    pub reference: String,
    /// Whether it offers to keep the card.
    #[serde(default)]
    pub keep: bool,
    expires: Timestamp,
}

impl Session {
    /// A session that begins now.
    ///
    /// # Errors
    /// A text is too long; the amount is not positive.
    pub fn new(request: SheetRequest, now: Timestamp) -> Result<Self, GatewayError> {
        let SheetRequest { amount, return_url, merchant, reference, keep } = request;
        if merchant.chars().count() > LONGEST_MERCHANT || reference.len() > LONGEST_NAME {
            let message = "the merchant or the reference is too long";
            return Err(GatewayError::Invalid(String::from(message)));
        }
        if amount.minor <= 0 {
            return Err(GatewayError::Invalid(String::from("the amount must be positive")));
        }
        Ok(Self { amount, return_url, merchant, reference, keep, expires: now.plus_ms(LIFE_MS) })
    }

    /// As text for an address: the content and its seal, in hexadecimal.
    pub fn seal(&self, key: &[u8]) -> String {
        let content = hex(&serde_json::to_vec(self).unwrap_or_default());
        let seal = hex(&sealed(key, &content).finalize().into_bytes());
        format!("{content}.{seal}")
    }

    /// Back from text; `None` when the seal is wrong or the hour is over.
    pub fn open(text: &str, key: &[u8], now: Timestamp) -> Option<Self> {
        let (content, seal) = text.split_once('.')?;
        sealed(key, content).verify_slice(&unhex(seal)?).ok()?;
        let session: Self = serde_json::from_slice(&unhex(content)?).ok()?;
        (now < session.expires).then_some(session)
    }
}

fn sealed(key: &[u8], content: &str) -> hmac::Hmac<sha2::Sha256> {
    let mut mac = keyed(key);
    // Apart from webhook signatures, should the secrets be the same.
    mac.update(b"sheet.");
    mac.update(content.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::Currency;

    #[test]
    fn a_session_opens_unchanged_for_an_hour() {
        let request = SheetRequest {
            amount: Money::new(1_299, Currency::Eur),
            return_url: String::from("http://localhost:8080/pay"),
            merchant: String::from("Café"),
            reference: String::from("checkout_1"),
            keep: true,
        };
        let session = Session::new(request.clone(), Timestamp(5)).unwrap();
        let text = session.seal(b"key");
        let at = |now| Session::open(&text, b"key", Timestamp(now));
        assert_eq!(at(5), Some(session));
        assert_eq!(at(5 + LIFE_MS), None);
        assert_eq!(Session::open(&text, b"other", Timestamp(5)), None);
        assert_eq!(Session::open(&text.replacen('1', "2", 1), b"key", Timestamp(5)), None);
        let free = SheetRequest { amount: Money::new(0, Currency::Eur), ..request };
        assert!(Session::new(free, Timestamp(5)).is_err());
    }
}
