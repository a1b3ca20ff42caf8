//! The nouns of a payment gateway, as its callers see them.

use serde::{Serialize, Serializer};
use souk_kernel::Money;
use std::fmt;
use std::str::FromStr;

/// Names one authorization: where it lies in the record, and a random tail that nobody guesses.
/// Written `ga_` and 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GatewayRef {
    pub(crate) index: u32,
    pub(crate) salt: u32,
}

impl GatewayRef {
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let bits = (u64::from(self.index) << 32) | u64::from(self.salt);
        out.extend_from_slice(b"ga_");
        out.extend((0..16).rev().map(|nibble| HEX[((bits >> (nibble * 4)) & 15) as usize]));
    }
}

impl fmt::Display for GatewayRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ga_{:08x}{:08x}", self.index, self.salt)
    }
}

/// Not `ga_` and 16 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a gateway reference")]
pub struct ParseRefError;

impl FromStr for GatewayRef {
    type Err = ParseRefError;
    fn from_str(text: &str) -> Result<Self, ParseRefError> {
        let digits = text.strip_prefix("ga_").ok_or(ParseRefError)?;
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if digits.len() != 16 || !digits.bytes().all(hex) {
            return Err(ParseRefError);
        }
        let bits = u64::from_str_radix(digits, 16).map_err(|_| ParseRefError)?;
        Ok(Self { index: (bits >> 32) as u32, salt: bits as u32 })
    }
}

impl Serialize for GatewayRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How the shopper pays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By card: the token says which, and how it behaves.
    #[default]
    Card,
    /// With a wallet: always confirmed on the wallet's own page.
    Wallet,
    /// By bank transfer: the money comes some day, in some amount, or never.
    Transfer,
}

impl Method {
    /// Stable, `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Wallet => "wallet",
            Self::Transfer => "transfer",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Card, Self::Wallet, Self::Transfer].into_iter().find(|m| m.name() == name)
    }
}

/// The account that transfers go to: no bank has it.
pub const TRANSFERS_TO: (&str, &str, &str) =
    ("Souk Sandbox", "DE03500000009000000001", "SOUKDEF1XXX");

/// A request to reserve money, or to wait for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorize {
    /// Same key and same request: the first answer. 1 to 255 printable ASCII characters.
    pub idempotency_key: String,
    /// The caller's own name for the payment, for example `order_<uuid>`; 1 to 255 characters.
    pub reference: String,
    /// How much; positive.
    pub amount: Money,
    /// How it is paid.
    pub method: Method,
    /// What the card sheet gave, or a fixed one: `tok_approve`, ... (see [`crate::Behaviour`]). For a
    /// transfer `funds_` and the name of one whose money came unclaimed: that pays at once.
    pub token: String,
    /// What the payer of a transfer writes on it; else empty.
    pub statement: String,
    /// Capture at once.
    pub capture: bool,
    /// Where the shopper goes after a required action; empty when there can be none.
    pub return_url: String,
}

/// The answer to [`Authorize`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The money is reserved. Compare `amount` with what was asked: a gateway may be wrong.
    Authorized {
        /// Names the authorization from now on.
        gateway_ref: GatewayRef,
        /// What was authorized.
        amount: Money,
    },
    /// Definitely not.
    Declined {
        /// Why.
        reason: DeclineReason,
    },
    /// The shopper must confirm on a page of the gateway first.
    RequiresAction {
        /// Names the authorization from now on.
        gateway_ref: GatewayRef,
        /// The page.
        url: String,
    },
    /// The money is waited for, on the account [`TRANSFERS_TO`].
    AwaitingTransfer {
        /// Names the payment from now on.
        gateway_ref: GatewayRef,
        /// A page that plays the payer's bank.
        url: String,
    },
    /// Money that had come before is taken for this.
    Received {
        /// Names the payment from now on.
        gateway_ref: GatewayRef,
        /// What was taken.
        amount: Money,
    },
}

/// Why a payment was declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeclineReason {
    /// The bank says no.
    CardDeclined,
    /// Not enough money.
    InsufficientFunds,
    /// The card is too old.
    ExpiredCard,
    /// The shopper failed or rejected 3-D Secure.
    AuthenticationFailed,
    /// The sheet's token is older than an hour.
    TokenExpired,
    /// The sheet's token was used before.
    TokenUsed,
    /// No such token.
    TokenUnknown,
    /// The shopper cancelled in their wallet.
    CancelledByShopper,
}

impl DeclineReason {
    pub(crate) const ALL: [Self; 8] = [
        Self::CardDeclined,
        Self::InsufficientFunds,
        Self::ExpiredCard,
        Self::AuthenticationFailed,
        Self::TokenExpired,
        Self::TokenUsed,
        Self::TokenUnknown,
        Self::CancelledByShopper,
    ];

    /// Stable, `snake_case`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CardDeclined => "card_declined",
            Self::InsufficientFunds => "insufficient_funds",
            Self::ExpiredCard => "expired_card",
            Self::AuthenticationFailed => "authentication_failed",
            Self::TokenExpired => "token_expired",
            Self::TokenUsed => "token_used",
            Self::TokenUnknown => "token_unknown",
            Self::CancelledByShopper => "cancelled_by_shopper",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// Takes authorized money, all of it or a part; several captures are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// As for [`Authorize`].
    pub idempotency_key: String,
    /// What to capture of.
    pub gateway_ref: GatewayRef,
    /// Minor units; positive.
    pub amount_minor: i64,
}

/// The answer to [`Capture`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Captured {
    /// What was captured of.
    pub gateway_ref: GatewayRef,
    /// This capture, minor units.
    pub amount_minor: i64,
    /// All captures so far, this one included.
    pub captured_minor: i64,
}

/// Gives captured money back, all of it or a part; several refunds are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// As for [`Authorize`].
    pub idempotency_key: String,
    /// What to refund of.
    pub gateway_ref: GatewayRef,
    /// Minor units; positive.
    pub amount_minor: i64,
}

/// The answer to [`Refund`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Refunded {
    /// What was refunded of.
    pub gateway_ref: GatewayRef,
    /// This refund, minor units.
    pub amount_minor: i64,
    /// All refunds so far, this one included.
    pub refunded_minor: i64,
}

/// Sends unclaimed money of a transfer back: all of it that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// As for [`Authorize`].
    pub idempotency_key: String,
    /// Which transfer's.
    pub gateway_ref: GatewayRef,
    /// Minor units; what is unclaimed, to the unit.
    pub amount_minor: i64,
}

/// The answer to [`Return`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Returned {
    /// Which transfer's.
    pub gateway_ref: GatewayRef,
    /// Minor units that went back.
    pub amount_minor: i64,
}

/// What a void names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One authorization.
    GatewayRef(GatewayRef),
    /// Whatever was or will be authorized under a reference.
    Reference(String),
}

/// Ends an authorization of which nothing was captured.
///
/// By reference it ends every one of that reference and closes the reference: a later authorize
/// with it is refused, also when the gateway never saw the reference before. That is what a shop
/// sends when it doesn't know whether its authorize arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Void {
    /// As for [`Authorize`].
    pub idempotency_key: String,
    /// What to void.
    pub target: Target,
}

/// The answer to [`Void`]: nothing is or will be reserved under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Voided {
    /// What was voided; for an unknown reference, the tombstone.
    pub gateway_ref: GatewayRef,
}

/// Where an authorization stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for the shopper on the gateway's page.
    RequiresAction,
    /// Waiting for a transfer, or for the rest of it.
    AwaitingTransfer,
    /// Reserved, nothing captured.
    Authorized,
    /// Captured, at least in part; see the amounts for refunds.
    Captured,
    /// Ended without a capture, or a tombstone of a reference that was voided first.
    Voided,
    /// Refused.
    Declined,
}

/// What [`crate::Gateway::lookup`] tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaymentState {
    /// The caller's name for it.
    pub reference: String,
    /// The gateway's name for it.
    pub gateway_ref: GatewayRef,
    /// How it is paid.
    pub method: Method,
    /// Where it stands.
    pub status: Status,
    /// ISO 4217.
    #[serde(serialize_with = "as_code")]
    pub currency: souk_kernel::Currency,
    /// Minor units that came by transfer, ever.
    pub received_minor: i64,
    /// Of these, minor units that nobody waits for.
    pub unclaimed_minor: i64,
    /// Minor units; the asked amount while an action is required or a transfer awaited, 0 when declined or a tombstone.
    pub authorized_minor: i64,
    /// Minor units, at most `authorized_minor`.
    pub captured_minor: i64,
    /// Minor units, at most `captured_minor`.
    pub refunded_minor: i64,
    /// Why, when declined.
    #[serde(serialize_with = "reason_code")]
    pub reason: Option<DeclineReason>,
}

fn as_code<S: Serializer>(currency: &souk_kernel::Currency, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(currency.code())
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn reason_code<S: Serializer>(reason: &Option<DeclineReason>, s: S) -> Result<S::Ok, S::Error> {
    match reason {
        Some(reason) => s.serialize_some(reason.code()),
        None => s.serialize_none(),
    }
}

/// What stands for a card that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Pays again and again, until it is forgotten or the card is too old.
    pub token: String,
    /// What may be shown.
    pub card: crate::Card,
}

/// What a card sheet shows and where it leads back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRequest {
    /// Shown to the shopper; not part of the token.
    pub amount: Money,
    /// On a loopback origin, or on one of [`crate::Config::return_origins`].
    pub return_url: String,
    /// Who is paid, as shown; up to 100 characters.
    pub merchant: String,
    /// The caller's reference, as shown; up to 255 characters.
    pub reference: String,
    /// Whether it offers to keep the card.
    pub keep: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_ref_is_read_back_as_written() {
        for (index, salt) in [(0, 0), (1, 0xdead_beef), (u32::MAX, u32::MAX)] {
            let gateway_ref = GatewayRef { index, salt };
            let mut bytes = Vec::new();
            gateway_ref.write(&mut bytes);
            assert_eq!(gateway_ref.to_string().as_bytes(), bytes);
            assert_eq!(gateway_ref.to_string().parse(), Ok(gateway_ref));
        }
        for bad in ["", "ga_", "ga_+000000000000000", "ga_00000000DEADBEEF", "xx_0000000000000000"]
        {
            assert_eq!(bad.parse::<GatewayRef>(), Err(ParseRefError), "{bad}");
        }
    }
}
