//! The facts of the record and their line form.
//!
//! One line per fact, flat JSON, fields always in this order:
//!
//! ```text
//! {"n":7,"s":5,"at":1790000000000,"op":"authorize","ref":"ga_…","reference":"order_…","key":"order_…",
//!  "q":"…16 hex…","outcome":"authorized","amount":1299,"currency":"EUR","crc":"…8 hex…"}
//! ```
//!
//! `n` counts the lines from 1. `s` is the last line that was durable before this one was written.
//! `crc` is the CRC-32 of the line up to `,"crc"`. `q` is a digest of the request, so that another
//! request under the same key is known after a restart. Per `op`:
//!
//! | op | further fields |
//! |---|---|
//! | `authorize` | `ref reference key q outcome amount currency`, then where they apply `reason`, `asked` and `asked_currency` (what was asked, when something else was granted), `capture` (captured at once), `method` (unless card), `statement`, `behaviour` (unless approve), `token` (from a sheet), `return_url` |
//! | `capture`, `refund` | `ref key q amount` |
//! | `void` | `ref key q`, and `reference` when the whole reference is closed |
//! | `refused` | `of` (the operation) `key q reason` |
//! | `transfer` | `ref amount` (money came) |
//! | `return` | `ref key q amount` (unclaimed money went back) |
//! | `action` | `ref approved` (the end of 3-D Secure) |
//! | `token` | `token behaviour expires`, and of a typed card `brand last4 exp`, and `save` if it may be kept |
//! | `forget` | `token` (a kept card is forgotten) |

use crate::error::Refused;
use crate::model::{DeclineReason, GatewayRef, Method};
use crate::tokens::Behaviour;
use serde::Deserialize;
use souk_kernel::{Currency, Money, Timestamp};
use std::io::Write as _;

/// What a caller can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Operation {
    Authorize,
    Capture,
    Void,
    Refund,
    Return,
}

impl Operation {
    /// `authorize`, `capture`, `void`, `refund`
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
            Self::Return => "return",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Authorize, Self::Capture, Self::Void, Self::Refund, Self::Return];
        all.into_iter().find(|op| op.name() == name)
    }
}

/// The request behind a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed<'a> {
    /// The idempotency key.
    pub key: &'a str,
    /// Digest of the operation and its parameters.
    pub request: u64,
}

/// How an authorize ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Reserved.
    Authorized,
    /// Refused.
    Declined(DeclineReason),
    /// Waits for the shopper.
    RequiresAction,
    /// Waits for the money.
    AwaitingTransfer,
}

/// An authorization came into being.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// Its name.
    pub gateway_ref: GatewayRef,
    /// The caller's name for it.
    pub reference: &'a str,
    /// The request.
    pub keyed: Keyed<'a>,
    /// How it ended.
    pub verdict: Verdict,
    /// What was asked.
    pub asked: Money,
    /// What was authorized, or would be after the action.
    pub granted: Money,
    /// Capture with the authorization.
    pub capture: bool,
    /// How it is paid.
    pub method: Method,
    /// What the payer of a transfer writes on it.
    pub statement: &'a str,
    /// What the token asked for.
    pub behaviour: Behaviour,
    /// The sheet's token that is used up by this, or the unclaimed money.
    pub token: Option<&'a str>,
    /// Where the action leads back to; empty without one.
    pub return_url: &'a str,
}

/// One line of the record. Texts are printable ASCII without quotes and backslashes: see [`plain`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table above says it")]
pub enum Fact<'a> {
    Authorize(Authorization<'a>),
    Capture {
        gateway_ref: GatewayRef,
        keyed: Keyed<'a>,
        amount: i64,
    },
    Refund {
        gateway_ref: GatewayRef,
        keyed: Keyed<'a>,
        amount: i64,
    },
    Void {
        gateway_ref: GatewayRef,
        keyed: Keyed<'a>,
        reference: Option<&'a str>,
    },
    Refused {
        of: Operation,
        keyed: Keyed<'a>,
        reason: Refused,
    },
    Action {
        gateway_ref: GatewayRef,
        approved: bool,
    },
    Transfer {
        gateway_ref: GatewayRef,
        amount: i64,
    },
    Return {
        gateway_ref: GatewayRef,
        keyed: Keyed<'a>,
        amount: i64,
    },
    Token {
        token: &'a str,
        behaviour: Behaviour,
        expires: Timestamp,
        /// Brand, last four digits, and the month of its end.
        card: Option<(&'a str, &'a str, &'a str)>,
        /// Its shopper wants it to be kept.
        save: bool,
    },
    Forget {
        token: &'a str,
    },
}

/// A fact in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Counts from 1.
    pub number: u64,
    /// The last line that was durable before this one was written.
    pub synced: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub fact: Fact<'a>,
}

/// Whether a text can stand in a line as it is: printable ASCII, no quote, no backslash.
pub fn plain(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\')
}

const CRC_FIELD: &[u8] = b",\"crc\":\"";
/// `,"crc":"` 8 digits `"}`
const TAIL: usize = 8 + 8 + 2;

/// The line without its line end, if it is whole: its checksum is right.
pub fn whole(line: &[u8]) -> bool {
    let Some(at) = line.len().checked_sub(TAIL) else { return false };
    let (body, tail) = line.split_at(at);
    let crc = format!("{:08x}", crc32fast::hash(body));
    tail.starts_with(CRC_FIELD) && &tail[8..16] == crc.as_bytes() && tail.ends_with(b"\"}")
}

struct Fields<'b>(&'b mut Vec<u8>);

impl Fields<'_> {
    fn name(&mut self, name: &str) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.0.push(b'"');
        // What is not plain was refused at the door; what slips through must not break the record.
        self.0.extend(text.bytes().map(|b| if plain_byte(b) { b } else { b'?' }));
        self.0.push(b'"');
    }

    fn number(&mut self, name: &str, number: i64) {
        self.name(name);
        // Writing to a vector can't fail.
        let _ = write!(self.0, "{number}");
    }

    fn gateway_ref(&mut self, gateway_ref: GatewayRef) {
        self.name("ref");
        self.0.push(b'"');
        gateway_ref.write(self.0);
        self.0.push(b'"');
    }

    fn keyed(&mut self, keyed: Keyed<'_>) {
        self.text("key", keyed.key);
        let _ = write!(self.0, ",\"q\":\"{:016x}\"", keyed.request);
    }

    /// What a token stands for, and whether it may be kept.
    fn card(&mut self, card: Option<(&str, &str, &str)>, save: bool) {
        if let Some((brand, last4, exp)) = card {
            self.text("brand", brand);
            self.text("last4", last4);
            self.text("exp", exp);
        }
        if save {
            self.0.extend_from_slice(b",\"save\":true");
        }
    }

    fn authorization(&mut self, a: &Authorization<'_>) {
        self.gateway_ref(a.gateway_ref);
        self.text("reference", a.reference);
        self.keyed(a.keyed);
        let (outcome, reason) = match a.verdict {
            Verdict::Authorized => ("authorized", None),
            Verdict::Declined(reason) => ("declined", Some(reason)),
            Verdict::RequiresAction => ("requires_action", None),
            Verdict::AwaitingTransfer => ("awaiting_transfer", None),
        };
        self.text("outcome", outcome);
        self.number("amount", a.granted.minor);
        self.text("currency", a.granted.currency.code());
        if let Some(reason) = reason {
            self.text("reason", reason.code());
        }
        if a.asked != a.granted {
            self.number("asked", a.asked.minor);
            self.text("asked_currency", a.asked.currency.code());
        }
        if a.capture {
            self.0.extend_from_slice(b",\"capture\":true");
        }
        if a.method != Method::Card {
            self.text("method", a.method.name());
        }
        if !a.statement.is_empty() {
            self.text("statement", a.statement);
        }
        if a.behaviour != Behaviour::Approve {
            self.text("behaviour", &a.behaviour.to_string());
        }
        if let Some(token) = a.token {
            self.text("token", token);
        }
        if !a.return_url.is_empty() {
            self.text("return_url", a.return_url);
        }
    }
}

const fn plain_byte(b: u8) -> bool {
    b >= 0x20 && b < 0x7f && b != b'"' && b != b'\\'
}

impl Line<'_> {
    /// Appends the line with its line end to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let (n, s, at) = (self.number, self.synced, self.at.0);
        let _ = write!(out, "{{\"n\":{n},\"s\":{s},\"at\":{at}");
        let mut fields = Fields(out);
        match &self.fact {
            Fact::Authorize(authorization) => {
                fields.text("op", "authorize");
                fields.authorization(authorization);
            }
            Fact::Capture { gateway_ref, keyed, amount } => {
                fields.text("op", "capture");
                fields.gateway_ref(*gateway_ref);
                fields.keyed(*keyed);
                fields.number("amount", *amount);
            }
            Fact::Refund { gateway_ref, keyed, amount } => {
                fields.text("op", "refund");
                fields.gateway_ref(*gateway_ref);
                fields.keyed(*keyed);
                fields.number("amount", *amount);
            }
            Fact::Void { gateway_ref, keyed, reference } => {
                fields.text("op", "void");
                fields.gateway_ref(*gateway_ref);
                fields.keyed(*keyed);
                if let Some(reference) = reference {
                    fields.text("reference", reference);
                }
            }
            Fact::Refused { of, keyed, reason } => {
                fields.text("op", "refused");
                fields.text("of", of.name());
                fields.keyed(*keyed);
                fields.text("reason", reason.code());
            }
            Fact::Action { gateway_ref, approved } => {
                fields.text("op", "action");
                fields.gateway_ref(*gateway_ref);
                fields.name("approved");
                fields.0.extend_from_slice(if *approved { b"true" } else { b"false" });
            }
            Fact::Transfer { gateway_ref, amount } => {
                fields.text("op", "transfer");
                fields.gateway_ref(*gateway_ref);
                fields.number("amount", *amount);
            }
            Fact::Return { gateway_ref, keyed, amount } => {
                fields.text("op", "return");
                fields.gateway_ref(*gateway_ref);
                fields.keyed(*keyed);
                fields.number("amount", *amount);
            }
            Fact::Token { token, behaviour, expires, card, save } => {
                fields.text("op", "token");
                fields.text("token", token);
                fields.text("behaviour", &behaviour.to_string());
                fields.number("expires", expires.0);
                fields.card(*card, *save);
            }
            Fact::Forget { token } => {
                fields.text("op", "forget");
                fields.text("token", token);
            }
        }
        let crc = crc32fast::hash(&out[start..]);
        out.extend_from_slice(CRC_FIELD);
        let _ = writeln!(out, "{crc:08x}\"}}");
    }
}

/// The line as JSON has it; which fields must be there depends on `op`.
#[derive(Deserialize)]
struct Wire<'a> {
    n: u64,
    s: u64,
    at: i64,
    op: &'a str,
    #[serde(rename = "ref")]
    gateway_ref: Option<&'a str>,
    reference: Option<&'a str>,
    key: Option<&'a str>,
    q: Option<&'a str>,
    of: Option<&'a str>,
    outcome: Option<&'a str>,
    amount: Option<i64>,
    currency: Option<&'a str>,
    reason: Option<&'a str>,
    asked: Option<i64>,
    asked_currency: Option<&'a str>,
    #[serde(default)]
    capture: bool,
    method: Option<&'a str>,
    statement: Option<&'a str>,
    behaviour: Option<&'a str>,
    token: Option<&'a str>,
    return_url: Option<&'a str>,
    approved: Option<bool>,
    expires: Option<i64>,
    brand: Option<&'a str>,
    last4: Option<&'a str>,
    exp: Option<&'a str>,
    #[serde(default)]
    save: bool,
}

impl<'a> Line<'a> {
    /// Reads a line back; its checksum is not looked at.
    ///
    /// # Errors
    /// What is missing or not understood, for an operator.
    pub fn read(line: &'a [u8]) -> Result<Self, String> {
        let wire: Wire<'a> = serde_json::from_slice(line).map_err(|e| e.to_string())?;
        let fact = wire.fact().ok_or_else(|| format!("line {} is not understood", wire.n))?;
        Ok(Self { number: wire.n, synced: wire.s, at: Timestamp(wire.at), fact })
    }
}

impl<'a> Wire<'a> {
    fn fact(&self) -> Option<Fact<'a>> {
        Some(match self.op {
            "authorize" => Fact::Authorize(self.authorization()?),
            "capture" => Fact::Capture {
                gateway_ref: self.gateway_ref()?,
                keyed: self.keyed()?,
                amount: self.amount?,
            },
            "refund" => Fact::Refund {
                gateway_ref: self.gateway_ref()?,
                keyed: self.keyed()?,
                amount: self.amount?,
            },
            "void" => Fact::Void {
                gateway_ref: self.gateway_ref()?,
                keyed: self.keyed()?,
                reference: self.reference,
            },
            "refused" => Fact::Refused {
                of: Operation::from_name(self.of?)?,
                keyed: self.keyed()?,
                reason: Refused::from_code(self.reason?)?,
            },
            "action" => Fact::Action { gateway_ref: self.gateway_ref()?, approved: self.approved? },
            "transfer" => Fact::Transfer { gateway_ref: self.gateway_ref()?, amount: self.amount? },
            "return" => Fact::Return {
                gateway_ref: self.gateway_ref()?,
                keyed: self.keyed()?,
                amount: self.amount?,
            },
            "token" => Fact::Token {
                token: self.token?,
                behaviour: self.behaviour?.parse().ok()?,
                expires: Timestamp(self.expires?),
                card: self.brand.zip(self.last4).map(|(b, l)| (b, l, self.exp.unwrap_or_default())),
                save: self.save,
            },
            "forget" => Fact::Forget { token: self.token? },
            _ => return None,
        })
    }

    fn authorization(&self) -> Option<Authorization<'a>> {
        let granted = Money::new(self.amount?, self.currency?.parse().ok()?);
        let asked_currency: Currency = match self.asked_currency {
            Some(code) => code.parse().ok()?,
            None => granted.currency,
        };
        Some(Authorization {
            gateway_ref: self.gateway_ref()?,
            reference: self.reference?,
            keyed: self.keyed()?,
            verdict: match self.outcome? {
                "authorized" => Verdict::Authorized,
                "declined" => Verdict::Declined(DeclineReason::from_code(self.reason?)?),
                "requires_action" => Verdict::RequiresAction,
                "awaiting_transfer" => Verdict::AwaitingTransfer,
                _ => return None,
            },
            asked: Money::new(self.asked.unwrap_or(granted.minor), asked_currency),
            granted,
            capture: self.capture,
            method: match self.method {
                Some(name) => Method::from_name(name)?,
                None => Method::Card,
            },
            statement: self.statement.unwrap_or_default(),
            behaviour: match self.behaviour {
                Some(name) => name.parse().ok()?,
                None => Behaviour::Approve,
            },
            token: self.token,
            return_url: self.return_url.unwrap_or_default(),
        })
    }

    fn gateway_ref(&self) -> Option<GatewayRef> {
        self.gateway_ref?.parse().ok()
    }

    fn keyed(&self) -> Option<Keyed<'a>> {
        Some(Keyed { key: self.key?, request: u64::from_str_radix(self.q?, 16).ok()? })
    }
}

#[cfg(test)]
mod tests;
